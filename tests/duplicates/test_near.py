"""Copies of real sounds are found, other takes are not; nothing is compared twice."""

import threading
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from foundsound.catalog.duplicates import near_ones, near_pairs
from foundsound.duplicates.compare import compare_sounds
from foundsound.duplicates.report import DuplicatePage, report_duplicates
from foundsound.errors import InvalidRequest
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest.run import index_paths
from tests.analysis.copies import copies
from tests.analysis.heard import demo_sound
from tests.databases import both_databases
from tests.signals import Floats, write

SOUNDS = (
    "Footsteps/gravel_path_walk.wav",
    "Music/Drums/rock_beat_104bpm.wav",
    "Weapons/pistol_three_shots.wav",
    "Weather/rain_light_on_leaves.wav",
)


def mp3(path: Path, samples: Floats) -> Path:
    return write(path, samples, format="MP3", subtype="MPEG_LAYER_III")


def fill(folder: Path) -> None:
    """Of each sound the original, its copies, a real MP3 of it, and two other takes."""
    for path in SOUNDS:
        name = Path(path).stem
        sound = demo_sound(path)
        write(folder / name / "original.wav", sound, subtype="PCM_24")
        mp3(folder / name / "copy.mp3", sound)
        for number, (_, copy, rate) in enumerate(copies(sound)):
            write(folder / name / f"copy {number}.wav", copy, rate)
        for take in (101, 102):
            write(folder / name / f"take {take}.wav", demo_sound(path, take))


def compare(library: Library, stop: threading.Event | None = None) -> IndexProgress:
    progress = IndexProgress()
    compare_sounds(library, progress, lambda _: None, stop or threading.Event())
    return progress


def listed(library: Library, limit: int = 50, cursor: str | None = None) -> DuplicatePage:
    with library.catalog.read() as session:
        return report_duplicates(session, library.space_id, "near", limit, cursor)


def groups(page: DuplicatePage) -> list[set[str]]:
    """The files of each group, by their last two parts."""
    return [
        {"/".join(Path(path).parts[-2:]) for sound in group.sounds for path in sound.paths}
        for group in page.groups
    ]


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory, cache_dir: Path
) -> Iterator[tuple[Library, Path]]:
    folder = tmp_path_factory.mktemp("near")
    fill(folder / "in")
    settings = Settings(data_dir=folder / "lib", cache_dir=cache_dir, model="starter-bridge")
    with Library(settings) as library:
        index_paths(library, [folder / "in"], IndexProgress(), lambda _: None, threading.Event())
        yield library, folder / "in"


def test_copies_are_found_and_other_takes_are_not(filled: tuple[Library, Path]) -> None:
    library, folder = filled
    files = len(list(folder.rglob("*.*")))
    assert listed(library).uncompared == files
    progress = compare(library)
    assert (progress.state, progress.files_done) == ("done", files)
    page = listed(library)
    found = groups(page)
    wanted = [
        {f"{Path(path).stem}/{file.name}" for file in (folder / Path(path).stem).glob("[oc]*")}
        for path in SOUNDS
    ]
    pairs = {pair for group in found for pair in combinations(sorted(group), 2)}
    right = {pair for group in wanted for pair in combinations(sorted(group), 2)}
    precision, recall = len(pairs & right) / len(pairs), len(pairs & right) / len(right)
    print(f"precision {precision:.3f}, recall {recall:.3f} of {len(right)} pairs")
    assert precision == 1.0, pairs - right
    assert recall == 1.0, right - pairs
    assert page.uncompared == 0
    assert page.total == len(SOUNDS)
    for group in page.groups:
        assert group.sounds[0].codec == "PCM_24" or group.sounds[0].sample_rate == 96_000
        assert group.agreement is not None
        assert group.agreement > 0.75
        assert group.similarity is not None
        assert group.similarity > 0.7
    with library.catalog.read() as session:
        for group in page.groups:
            ids = {sound.sound_id for sound in group.sounds}
            for one in ids:
                near = near_ones(session, one)
                assert near
                assert set(near) <= ids - {one}


def test_nothing_is_compared_twice(filled: tuple[Library, Path]) -> None:
    library, folder = filled
    compare(library)
    with library.catalog.read() as session:
        before = near_pairs(session)
    assert compare(library).files_total == 0
    louder = write(folder / "late.wav", 0.5 * demo_sound(SOUNDS[0]), subtype="PCM_24")
    index_paths(library, [louder], IndexProgress(), lambda _: None, threading.Event())
    progress = compare(library)
    assert (progress.files_done, progress.near_duplicates > 0) == (1, True)
    assert any("in/late.wav" in group for group in groups(listed(library)))
    with library.catalog.read() as session:
        assert set(before) < set(near_pairs(session))
    louder.unlink()
    index_paths(library, [folder], IndexProgress(), lambda _: None, threading.Event())
    assert not any("in/late.wav" in group for group in groups(listed(library)))


def test_pages_follow_each_other(filled: tuple[Library, Path]) -> None:
    library, _ = filled
    compare(library)
    whole = listed(library)
    first = listed(library, limit=3)
    assert first.cursor is not None
    second = listed(library, limit=3, cursor=first.cursor)
    assert [*first.groups, *second.groups] == whole.groups
    assert second.cursor is None
    spare = [group.spare_bytes for group in whole.groups]
    assert spare == sorted(spare, reverse=True)
    with pytest.raises(InvalidRequest, match="cursor"):
        listed(library, cursor="-1")


@both_databases
def test_a_stop_keeps_what_is_done(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.wav", demo_sound(SOUNDS[0]))
    write(tmp_path / "in" / "silence.wav", np.zeros((44_100, 1), np.float32))
    index_paths(library, [tmp_path / "in"], IndexProgress(), lambda _: None, threading.Event())
    stop = threading.Event()
    stop.set()
    assert compare(library, stop).state == "stopped"
    assert listed(library).uncompared == 2
    assert compare(library).files_done == 2
    assert listed(library).groups == []
