"""Embedding in memory gives what indexing would store."""

from pathlib import Path

import numpy as np
import pytest

from foundsound.evaluation.embed import Embedded, SoundEmbedder
from foundsound.evaluation.sounds import Sound
from foundsound.library import Library
from foundsound.settings import Settings
from foundsound.vectors.grouping import nearest_sounds
from tests.conftest import Index
from tests.evaluation.toy import PitchEmbedder
from tests.signals import Floats, noise, tone, write


def embedded(embedder: PitchEmbedder, settings: Settings, *paths: Path) -> Embedded:
    sounds = [Sound(path.name, (path,), frozenset({0})) for path in paths]
    ticks: list[None] = []
    done = SoundEmbedder(embedder, settings).run(sounds, lambda: ticks.append(None))
    assert len(ticks) == len(sounds)
    return done


@pytest.fixture
def tones(tmp_path: Path) -> list[Path]:
    """Five sounds of one to five windows, each window an octave above the one before."""

    def climb(steps: int) -> Floats:
        return np.concatenate([tone(0.5, 100.0 * 2**step) for step in range(steps)])

    return [write(tmp_path / f"{n}.wav", climb(n)) for n in (1, 2, 3, 5, 6)]


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 100])
def test_no_batch_size_loses_or_mixes_a_sound(
    batch: int, tones: list[Path], settings: Settings
) -> None:
    embedder = PitchEmbedder(batch)
    done = embedded(embedder, settings, *tones)
    alone = [embedded(PitchEmbedder(100), settings, path) for path in tones]
    assert list(done.vectors) == [path.name for path in tones]
    assert max(embedder.calls) <= batch
    for path, single in zip(tones, alone, strict=True):
        expected, found = single.vectors[path.name], done.vectors[path.name]
        np.testing.assert_array_equal(found.windows, expected.windows)
        np.testing.assert_array_equal(found.clip, expected.clip)
        assert done.audio_s[path.name] == pytest.approx(0.5 * int(path.stem))


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_a_broken_file_costs_only_itself(
    batch: int, tmp_path: Path, tones: list[Path], settings: Settings
) -> None:
    whole = write(tmp_path / "whole.flac", noise(6.0)).read_bytes()
    cut, empty, text = tmp_path / "cut.flac", tmp_path / "empty.wav", tmp_path / "text.wav"
    cut.write_bytes(whole[: len(whole) // 2])
    empty.touch()
    text.write_text("no audio")
    blank = write(tmp_path / "nan.wav", np.full((44_100, 1), np.nan, np.float32), subtype="FLOAT")
    done = embedded(
        PitchEmbedder(batch), settings, tones[0], cut, empty, tones[2], text, blank, tmp_path
    )
    assert list(done.vectors) == [tones[0].name, tones[2].name]
    assert set(done.problems) == {cut, empty, text, blank, tmp_path}
    assert "cut short" in done.problems[cut]
    assert done.problems[empty] == "The file is empty (0 bytes)."
    assert set(done.audio_s) == set(done.vectors)


def test_vectors_that_are_not_finite_leave_a_sound_out(
    tones: list[Path], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = PitchEmbedder()
    heard = embedder.embed_audio

    def deaf(windows: list[Floats]) -> Floats:
        vectors = heard(windows)
        vectors[[len(window) < 44_100 for window in windows]] = np.nan
        return vectors

    monkeypatch.setattr(embedder, "embed_audio", deaf)
    done = embedded(embedder, settings, *tones[:2])
    assert list(done.vectors) == [tones[1].name]
    assert "not heard" in done.problems[tones[0]]


def test_scores_are_those_of_the_index(
    tmp_path: Path, library: Library, index: Index, settings: Settings
) -> None:
    """The same model, the same files: every sound has in memory the score that search gives it."""
    steady = write(tmp_path / "sounds" / "steady.wav", noise(35.0))
    changing = np.concatenate([tone(12.0), noise(14.0), tone(9.0, 3000.0)])
    mixed = write(tmp_path / "sounds" / "changing.flac", changing)
    index(tmp_path / "sounds")

    paths = (steady, mixed)
    sounds = [Sound(path.name, (path,), frozenset({0})) for path in paths]
    done = SoundEmbedder(library.embedder, settings).run(sounds, lambda: None)
    query = library.embedder.embed_text(["white noise"])[0]
    stored = sorted(hit.score for hit in nearest_sounds(library.vectors, query, 10))
    here = sorted(float((done.vectors[path.name].windows @ query).max()) for path in paths)
    assert here == pytest.approx(stored, abs=0.01)  # the index keeps eight bits a number
    assert len(done.vectors[steady.name].windows) == 1  # merged, as in the index
