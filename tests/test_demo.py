"""The demo library: real sounds, the same bytes always, every author credited."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from demo import recordings
from demo.catalogue import RECIPES, Recipe
from demo.library import CREDITS, descriptions, descriptions_csv


def test_every_recording_is_credited() -> None:
    credits = CREDITS.read_text(encoding="utf-8")
    table = recordings.table()
    assert len(table) >= 15
    for recording in table:
        assert recording.path in credits
        assert recording.licence
        assert recording.author in credits


def test_names_are_unique_and_enough() -> None:
    paths = [recipe.path for recipe in RECIPES] + [r.path for r in recordings.table()]
    assert len(paths) == len(set(paths)) >= 60


@pytest.mark.parametrize("recipe", RECIPES[::12], ids=lambda recipe: Path(recipe.path).stem)
def test_synthesis_is_deterministic_and_clean(recipe: Recipe) -> None:
    first, again = recipe.sound(), recipe.sound()
    np.testing.assert_array_equal(first, again)
    assert np.isfinite(first).all()
    assert 0.5 < np.abs(first).max() < 0.75  # -3 dBFS
    assert abs(first.mean()) < 0.01


def test_no_audio_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=CREDITS.parent.parent, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    formats = {f".{name.lower()}" for name in sf.available_formats()} | {".mp3", ".ogg", ".m4a"}
    assert [name for name in listed if os.path.splitext(name)[1].lower() in formats] == []


def test_every_sound_is_described() -> None:
    paths = [recipe.path for recipe in RECIPES] + [r.path for r in recordings.table()]
    described = [path for paths in descriptions().values() for path in paths]
    assert set(described) == set(paths)
    assert all(len(set(paths)) == len(paths) for paths in descriptions().values())


def test_descriptions_leave_missing_sounds_out() -> None:
    present = {"Weather/rain_on_tin_roof.wav", "Weather/rain_light_on_leaves.wav"}
    assert descriptions_csv(present).decode().splitlines() == [
        "query,path",
        "light rain on leaves,Weather/rain_light_on_leaves.wav",
        "rain on a tin roof,Weather/rain_on_tin_roof.wav",
        "rain,Weather/rain_light_on_leaves.wav,Weather/rain_on_tin_roof.wav",
    ]
