"""Random damage to real files of every format: whatever it does, it costs only that file."""

from pathlib import Path

import numpy as np
import pytest

from foundsound.library import Library
from tests.conftest import Index
from tests.signals import tone, write, write_with_ffmpeg

ROUNDS = 12


@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.flac", "a.ogg", "a.mp3", "a.m4a", "a.wma"])
def test_damage_never_stops_a_run(
    library: Library, index: Index, sounds: Path, tmp_path: Path, name: str
) -> None:
    original = tmp_path / name
    codec = {".m4a": "aac", ".wma": "wmav2"}.get(original.suffix)
    if codec:
        write_with_ffmpeg(original, tone(1.0), codec)
    else:
        write(original, tone(1.0))
    content = original.read_bytes()
    rng = np.random.default_rng(len(content))
    for k in range(ROUNDS):
        damaged = np.frombuffer(content, np.uint8).copy()
        # Headers decide most, so half of the damage is done to the first 200 bytes.
        reach = 200 if k % 2 else len(damaged)
        places = rng.integers(0, min(reach, len(damaged)), size=1 + k)
        damaged[places] = rng.integers(0, 256, size=len(places))
        (sounds / f"{k:02}-{name}").write_bytes(damaged.tobytes())
    progress = index(sounds)
    assert progress.state == "done"
    assert progress.files_done == progress.files_total == ROUNDS + 3
    assert progress.embedded + progress.duplicates + progress.problem_count == ROUNDS + 3
    assert library.vectors.count() >= 3
    for problem in progress.problems:
        assert problem.reason.endswith(".")
        assert "\n" not in problem.reason
