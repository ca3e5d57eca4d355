"""Where a calibration comes from, and when."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from foundsound import calibrate as module
from foundsound.calibrate import SHIPPED, calibrate, known_calibration
from foundsound.catalog.models import StoredCalibration
from foundsound.embedding.calibration import Calibration, measure
from foundsound.embedding.embedder import Embedder
from foundsound.library import Library
from foundsound.settings import Settings
from tests.conftest import Index


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    cache = tmp_path / "cache"  # its own: nothing was measured before
    return Settings(data_dir=tmp_path / "library", cache_dir=cache, model="starter-bridge")


@pytest.fixture(autouse=True)
def nothing_comes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model like any other: that of the starter models lies beside them."""
    monkeypatch.setattr(module, "SHIPPED", tmp_path / "nothing")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were measured."""
    names: list[str] = []

    def counted(embedder: Embedder) -> Calibration:
        names.append(embedder.name)
        return measure(embedder)

    monkeypatch.setattr(module, "measure", counted)
    return names


def test_the_first_index_run_measures_and_nothing_measures_again(
    library: Library, index: Index, sounds: Path, measured: list[str], settings: Settings
) -> None:
    assert known_calibration(library.catalog, library.space) is None
    calibrate(library, library.space)
    assert (measured, library.space.calibration) == ([], None)  # nothing to find yet
    index(sounds)
    assert measured == ["starter-bridge"]
    found = library.space.calibration
    assert found is not None
    index(sounds)
    library.close()
    with Library(settings) as again:
        stored = known_calibration(again.catalog, again.space)
        assert stored is not None
        assert (stored.text, stored.audio) == (found.text, found.audio)
        assert np.array_equal(stored.references, found.references)
        calibrate(again, again.space)
    assert measured == ["starter-bridge"]


@pytest.mark.parametrize("damage", [None, b"", b"PK\x03\x04 half a file"])
def test_another_library_of_the_same_model_reads_the_file(
    library: Library, index: Index, sounds: Path, measured: list[str], damage: bytes | None
) -> None:
    index(sounds)
    first = library.space.calibration
    (file,) = (library.settings.cache_dir / "calibration").iterdir()
    if damage is not None:
        file.write_bytes(damage)
    for _ in range(2):  # a damaged file is mended
        _forget(library)
        calibrate(library, library.space)
        assert library.space.calibration is not None
        assert first is not None
        assert library.space.calibration.text == first.text
    assert len(measured) == (1 if damage is None else 2)


def test_a_cache_that_cannot_be_written_harms_nothing(
    library: Library, index: Index, sounds: Path
) -> None:
    (library.settings.cache_dir).mkdir(exist_ok=True)
    (library.settings.cache_dir / "calibration").write_text("a file where a folder should be")
    index(sounds)
    assert library.space.calibration is not None


def test_an_older_calibration_is_measured_again(
    library: Library, index: Index, sounds: Path
) -> None:
    index(sounds)
    with library.catalog.write() as session:
        session.execute(update(StoredCalibration).values(version=0, text_mean=9.0))
    library.space.calibration = None
    assert known_calibration(library.catalog, library.space) is None
    calibrate(library, library.space)
    with library.catalog.read() as session:
        assert session.scalar(select(StoredCalibration.text_mean)) != 9.0
        assert session.scalar(select(func.count()).select_from(StoredCalibration)) == 1


def test_what_comes_along_is_used_from_the_first_sounds_on(
    library: Library,
    index: Index,
    sounds: Path,
    measured: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SHIPPED", SHIPPED)
    monkeypatch.setattr("ingest.upkeep.calibrate", lambda *_: None)
    index(sounds)
    assert library.space.calibration is not None
    assert not (library.settings.cache_dir / "calibration").exists()
    assert measured == []


def _forget(library: Library) -> None:
    with library.catalog.write() as session:
        session.execute(delete(StoredCalibration))
    library.space.calibration = None
