"""Analysis on its way through an index run: made in the child, kept, and never in the way."""

import sqlite3
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from foundsound.analysis.sound_analysis import SoundAnalysis
from foundsound.catalog.analysis import analysis_of
from foundsound.catalog.database import FILE_NAME
from foundsound.catalog.models import Location, StoredFingerprint
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest import decoder_process, unanalysed
from ingest.run import index_paths
from tests.analysis.heard import hear
from tests.conftest import Index
from tests.databases import both_databases
from tests.ingest.decoding import meddle, patient
from tests.ingest.unruly_analyser import ABORT, HANG, KILLED
from tests.signals import noise, tone, write

UNRULY = [sys.executable, "-P", str(Path(__file__).with_name("unruly_analyser.py"))]


def analyses(library: Library) -> dict[str, SoundAnalysis | None]:
    with library.catalog.read() as session:
        rows = session.execute(select(Location.path, Location.sound_id)).all()
        return {path: analysis_of(session, sound) if sound else None for path, sound in rows}


def run(library: Library, folder: Path) -> IndexProgress:
    progress = IndexProgress()
    index_paths(library, [folder], progress, lambda _: None, threading.Event())
    return progress


def forget_analysis(settings: Settings) -> None:
    """As if the library were from before sounds were analysed."""
    connection = sqlite3.connect(settings.data_dir / FILE_NAME)
    with connection:
        connection.execute("DELETE FROM sound_analysis")
        connection.execute("DELETE FROM sound_fingerprints")
    connection.close()


@both_databases
def test_a_sound_is_analysed_while_it_is_decoded(
    library: Library, index: Index, tmp_path: Path
) -> None:
    samples = noise(3.0, channels=2)
    write(tmp_path / "in" / "a.wav", samples, subtype="PCM_24")
    write(tmp_path / "in" / "b.ogg", tone(1.0))
    progress = index(tmp_path / "in")
    assert (progress.embedded, progress.analysed) == (2, 0)  # not apart from it
    found = analyses(library)
    assert found["a.wav"] is not None
    assert found["a.wav"].loudness_lufs == pytest.approx(hear(samples).analysis.loudness_lufs)
    assert found["a.wav"].bit_rate == 2_116_800
    assert found["b.ogg"] is not None
    assert found["b.ogg"].brightness_hz == pytest.approx(440, rel=0.05)
    with library.catalog.read() as session:
        fingerprints = session.scalars(select(StoredFingerprint)).all()
        assert sorted(round(row.audible_s) for row in fingerprints) == [1, 3]
        assert all(row.data and not row.compared for row in fingerprints)


def test_a_library_from_before_is_filled_in_without_embedding(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unanalysed, "PAGE", 2)
    folder = tmp_path / "in"
    for k in range(5):
        write(folder / f"{k}.wav", noise(0.5 + k / 10, seed=k))
    (folder / "copy.wav").write_bytes((folder / "0.wav").read_bytes())
    with Library(settings) as library:
        run(library, folder)
        before = analyses(library)
        assert None not in before.values()
    forget_analysis(settings)
    with Library(settings) as library:
        embedder = meddle(library, lambda _: None)
        progress = run(library, folder)
        assert (progress.unchanged, progress.analysed) == (6, 5)
        assert (progress.files_total, progress.files_done) == (5, 5)
        assert (progress.embedded, embedder.windows) == (0, 0)
        assert analyses(library) == before
        assert run(library, folder).analysed == 0


def test_what_is_away_is_left_for_the_next_run(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "a.wav", noise(0.5, seed=1))
    write(folder / "b.wav", noise(0.5, seed=2))
    with Library(settings) as library:
        run(library, folder)
    forget_analysis(settings)
    (folder / "a.wav").rename(tmp_path / "away.wav")
    with Library(settings) as library:
        assert run(library, folder).analysed == 1
        assert analyses(library)["a.wav"] is None
        (tmp_path / "away.wav").rename(folder / "a.wav")
        assert run(library, folder).analysed == 1
        assert analyses(library)["a.wav"] is not None


def test_another_model_does_not_listen_again(settings: Settings, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.wav", noise(0.5))
    with Library(settings) as library:
        run(library, tmp_path / "in")
        before = analyses(library)
    connection = sqlite3.connect(settings.data_dir / FILE_NAME)
    with connection:  # what was stored stays, if nobody listens
        connection.execute("UPDATE sound_analysis SET onsets = 77")
        connection.execute("DELETE FROM sound_windows")
    connection.close()
    with Library(settings) as library:
        assert run(library, tmp_path / "in").embedded == 1
        after = analyses(library)["a.wav"]
        assert after is not None
        assert after.onsets == 77
        assert before["a.wav"] is not None


@pytest.mark.parametrize(
    ("rate", "note"), [(ABORT, "The analysis of the sound crashed."), (KILLED, None)]
)
def test_an_analysis_that_dies_costs_no_sound(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rate: int,
    note: str | None,
) -> None:
    folder = tmp_path / "in"
    write(folder / "bad.wav", noise(0.5, rate, seed=1), rate)
    write(folder / "good.wav", noise(0.5, seed=2))
    monkeypatch.setattr(decoder_process, "COMMAND", UNRULY)
    with Library(settings) as library:
        progress = run(library, folder)
        assert (progress.embedded, progress.problem_count) == (2, 0)
        found = analyses(library)
        assert found["good.wav"] is not None
        assert found["good.wav"].loudness_lufs is not None
        # Killed from outside is no fault of the sound, so a later run listens to it.
        assert found["bad.wav"] == (SoundAnalysis(note=note) if note else None)
        monkeypatch.undo()
        assert run(library, folder).analysed == (0 if note else 1)


def test_a_decoder_that_hangs_while_a_library_is_filled_in(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    write(folder / "bad.wav", noise(0.5, HANG, seed=1), HANG)
    write(folder / "good.wav", noise(0.5, seed=2))
    with Library(settings) as library:
        run(library, folder)
    forget_analysis(settings)
    monkeypatch.setattr(decoder_process, "COMMAND", UNRULY)
    patient(monkeypatch, 2.0, lambda name, kind, _: (name, kind) == ("bad.wav", "analyse"))
    with Library(settings) as library:
        assert run(library, folder).analysed == 1
        assert analyses(library)["bad.wav"] is None


def test_an_analysis_that_hangs_costs_no_sound_and_no_attempt(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    write(folder / "bad.wav", noise(0.5, HANG, seed=1), HANG)
    monkeypatch.setattr(decoder_process, "COMMAND", UNRULY)
    patient(monkeypatch, 2.0, lambda name, kind, analyse: analyse)
    with Library(settings) as library:
        progress = run(library, folder)
        assert (progress.embedded, progress.problem_count) == (1, 0)
        note = "The analysis of the sound took too long."
        assert analyses(library)["bad.wav"] == SoundAnalysis(note=note)
        with library.catalog.read() as session:
            assert session.scalars(select(Location.attempts)).all() == [0]
        assert run(library, folder).files_total == 0  # nor is it listened to again
