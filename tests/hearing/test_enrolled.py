"""Enrolled sounds through a change of models, with the starter model and sounds of the demo."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from demo.catalogue import RECIPES
from demo.synth.signals import RATE
from foundsound.hearing.classifier import Classification, Classifier, ClassifyRequest
from foundsound.hearing.clips import Clip
from foundsound.hearing.labels import Label
from foundsound.hearing.stretches import Item, Upload
from foundsound.indexing import IndexProgress, Switch
from foundsound.library import Library
from ingest.switch import switch_model
from tests.conftest import Index
from tests.finding import nearest
from tests.signals import write

SOUNDS = {
    "bell": "Bells/BELLChrch_Church bell tolling_FSND_01.wav",
    "helicopter": "Transport/Air/AEROHeli_Helicopter hovering_FSND_01.wav",
    "crickets": "Animals/Insects/crickets_night_stereo.flac",
    "siren": "Alarms/ALRMSirn_Police siren wail_FSND_01.wav",
    "rain": "Weather/rain_heavy_stereo.flac",
    "yelp": "Alarms/siren_yelp_fast.wav",
}

LABELS = ("helicopter flying", "crickets chirping", "heavy rain")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    recipes = {recipe.path: recipe for recipe in RECIPES}
    for name, path in SOUNDS.items():
        samples = recipes[path].sound()[: 5 * RATE].astype(np.float32)
        write(folder / f"{name}.wav", samples, RATE)
    return folder


def clip(path: Path) -> Clip:
    return Clip(os.fsencode(path), path.name)


def best(found: Classification) -> list[str]:
    return [each.scores[0].label for each in found.results]


def test_enrolled_sounds_survive_a_change_of_models(
    library: Library, index: Index, demo: Path
) -> None:
    index(demo)
    ids = {Path(hit.path).stem: hit.sound_id for hit in nearest(library)}
    classifier = Classifier(library)
    examples = [Item(sound_id=ids["siren"]), Item(sound_id=ids["siren"], start_s=1.0, end_s=3.0)]
    classifier.enrolled.enrol("The siren", examples, [])
    classifier.enrolled.enrol(
        "The bell", [Upload(start_s=0.0, end_s=3.0)], [clip(demo / "bell.wav")]
    )
    switch = Switch(model="starter")
    switch_model(library, switch, IndexProgress(), lambda _: None, threading.Event())
    assert library.embedder.name == "starter"
    bell, siren = classifier.enrolled.reports()
    assert (bell.examples_used, siren.examples_used) == (1, 2)
    assert bell.false_reject is None
    request = ClassifyRequest(
        labels=[Label(name=name) for name in LABELS],
        sounds=["the siren", "the bell"],
    )
    names = ("bell", "yelp", "helicopter", "crickets", "rain")
    found = classifier.classify(request, [clip(demo / f"{name}.wav") for name in names])
    assert best(found) == [
        "The bell",
        "The siren",  # another one
        *LABELS,
    ]


def test_an_example_whose_drive_is_off_is_left_out(
    library: Library, index: Index, demo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "drive"
    for name in ("siren", "bell", "rain"):
        (folder / f"{name}.wav").parent.mkdir(exist_ok=True)
        (folder / f"{name}.wav").write_bytes((demo / f"{name}.wav").read_bytes())
    index(folder)
    ids = {Path(hit.path).stem: hit.sound_id for hit in nearest(library)}
    enrolled = Classifier(library).enrolled
    stretch = Item(sound_id=ids["siren"], start_s=0.0, end_s=2.0)
    enrolled.enrol("Siren", [stretch, Item(sound_id=ids["siren"])], [])
    enrolled.enrol("Part", [stretch], [])
    switch = Switch(model="starter")
    switch_model(library, switch, IndexProgress(), lambda _: None, threading.Event())
    folder.rename(tmp_path / "away")
    part, siren = enrolled.reports()
    assert (siren.examples_used, len(siren.examples)) == (1, 2)
    assert (part.examples_used, part.threshold) == (0, None)
