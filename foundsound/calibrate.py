"""A space's calibration: measured once, kept in the catalogue, and beside the converted models.

It depends on the model alone. The catalogue's row is what the library goes by, whoever opens it;
the file spares the next library of the same model the measuring; the starter models' comes along.
"""

import io
import os
import tempfile
from contextlib import suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
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

SHIPPED = files("foundsound.embedding.starter") / "data"  # what comes along


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
    library.catalog.news.notify()  # alerts could not read their strengths before


def measured_calibration(embedder: Embedder, settings: Settings) -> Calibration:
    """The calibration of a model's space, measured unless a file has it.

    Raises:
        ModelError: the model failed.
    """
    found = kept_calibration(embedder, settings)
    if found is None:
        found = measure(embedder)
        write_calibration(settings.cache_dir / "calibration" / calibration_file(embedder), found)
    return found


def kept_calibration(embedder: Embedder, settings: Settings) -> Calibration | None:
    """The same, if it comes along, as the starter models' do, or was measured before."""
    name = calibration_file(embedder)
    for folder in (SHIPPED, settings.cache_dir):
        found = _read(folder / "calibration" / name)
        if found is not None:
            return found
    return None


def calibration_file(embedder: Embedder) -> str:
    """What the file of a model's space is called."""
    return f"{space_name(space_key(embedder))}-{VERSION}.npz"


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


def _read(file: Traversable) -> Calibration | None:
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            text, audio = (Background(*map(float, arrays[name])) for name in ("text", "audio"))
            references: Floats = arrays["references"].astype(np.float32)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):  # absent or damaged
        return None
    return Calibration(text, audio, references)


def write_calibration(file: Path, found: Calibration) -> None:
    """Keep it; a cache that cannot be written costs the next library the measuring."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as partial:
            np.savez(
                partial,
                text=[found.text.mean, found.text.deviation],
                audio=[found.audio.mean, found.audio.deviation],
                references=found.references.astype(np.float16),
            )
        os.replace(partial.name, file)
