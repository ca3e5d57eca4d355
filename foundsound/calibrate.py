"""A space's calibration: measured once, kept in the catalogue, and beside the converted models.

It depends on the model alone. The catalogue's row is what the library goes by, whoever opens it;
the file spares the next library of the same model the measuring.
"""

import io
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Space, StoredCalibration
from foundsound.catalog.upsert import upsert
from foundsound.embedding.calibration import VERSION, Background, Calibration, measure
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.space import space_key
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.settings import Settings
from foundsound.vectors.store import space_name


def calibrate(library: Library, space: OpenSpace) -> None:
    """Measure the space unless that was done before: seconds, and never while a query waits.

    A space without vectors is left alone: nothing is found in it.

    Raises:
        LibraryError, ModelError: the library or the model failed.
    """
    if known_calibration(library.catalog, space) is not None or not space.vectors.count():
        return
    found = measured_calibration(space.embedder, library.settings)
    with library.catalog.write() as session:
        if session.get(Space, space.id) is not None:  # it may have been dropped meanwhile
            _store(session, space.id, found)
    space.calibration = found


def measured_calibration(embedder: Embedder, settings: Settings) -> Calibration:
    """The calibration of a model's space, measured unless a file in the cache has it.

    Raises:
        ModelError: the model failed.
    """
    name = space_name(space_key(embedder))
    file = settings.cache_dir / "calibration" / f"{name}-{VERSION}.npz"
    found = _read(file)
    if found is None:
        found = measure(embedder)
        _write(file, found)
    return found


def known_calibration(catalog: Catalog, space: OpenSpace) -> Calibration | None:
    """The space's calibration, remembered with it; None before it was measured."""
    if space.calibration is None:
        with catalog.read() as session:
            space.calibration = _stored(session, space.id, space.embedder.dim)
    return space.calibration


def _stored(session: Session, space_id: int, dim: int) -> Calibration | None:
    row = session.get(StoredCalibration, space_id)
    if row is None or row.version != VERSION:
        return None
    return Calibration(
        Background(row.text_mean, row.text_deviation),
        Background(row.audio_mean, row.audio_deviation),
        np.frombuffer(row.references, "<f2").reshape(-1, dim).astype(np.float32),
    )


def _store(session: Session, space_id: int, found: Calibration) -> None:
    upsert(
        session,
        StoredCalibration,
        space_id=space_id,
        version=VERSION,
        text_mean=found.text.mean,
        text_deviation=found.text.deviation,
        audio_mean=found.audio.mean,
        audio_deviation=found.audio.deviation,
        references=found.references.astype("<f2").tobytes(),
    )


def _read(file: Path) -> Calibration | None:
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            text, audio = (Background(*map(float, arrays[name])) for name in ("text", "audio"))
            references: Floats = arrays["references"].astype(np.float32)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):  # absent or damaged
        return None
    return Calibration(text, audio, references)


def _write(file: Path, found: Calibration) -> None:
    with suppress(OSError):  # a cache that cannot be written: the next library measures again
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as partial:
            np.savez(
                partial,
                text=[found.text.mean, found.text.deviation],
                audio=[found.audio.mean, found.audio.deviation],
                references=found.references.astype(np.float16),
            )
        os.replace(partial.name, file)
