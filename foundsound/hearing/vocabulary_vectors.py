"""Vectors of the vocabulary: those of the starter models come along, others are made once.

Made within an index run they would cost it ten seconds and 90 MB.
"""

import io
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from foundsound.embedding.embedder import Embedder, Floats, unit_length
from foundsound.hearing.vocabulary import VERSION, vocabulary
from foundsound.open_space import OpenSpace
from foundsound.vectors.store import space_name

BATCH = 64  # texts in one call of the model

_embedding = threading.Lock()  # two threads would do the same work
_last: dict[str, Floats] = {}  # of the one space that was asked for last, by the file's name


class Stopped(Exception):
    """There was no time to make them."""


def vocabulary_vectors(
    space: OpenSpace, cache_dir: Path, stopped: Callable[[], bool] = lambda: False
) -> Floats:
    """Of every entry, float32 ``[entries, dim]``, unit length.

    Raises:
        ModelError: the model failed.
        Stopped: ``stopped`` said so before they were made.
    """
    name = file_name(space.key)
    with _embedding:
        found = _kept(name, cache_dir)
        if found is None:
            found = embed_vocabulary(space.embedder, stopped)
            write_vectors(cache_dir / "vocabulary" / name, found)
            _remember(name, found)
        return found


def kept_vectors(space_key: str, cache_dir: Path) -> Floats | None:
    """The same, if they come along or were made before; None while they are being made."""
    if not _embedding.acquire(blocking=False):
        return None
    try:
        return _kept(file_name(space_key), cache_dir)
    finally:
        _embedding.release()


def file_name(space_key: str) -> str:
    """What the vectors' file is called, of this version of the vocabulary in this space."""
    return f"vocabulary-{space_name(space_key)}-{VERSION}.npz"


def embed_vocabulary(embedder: Embedder, stopped: Callable[[], bool] = lambda: False) -> Floats:
    """Make them with the model.

    Raises:
        ModelError: the model failed.
        Stopped: ``stopped`` said so.
    """
    entries = vocabulary()
    texts = [text for entry in entries for text in entry.texts]
    made: list[Floats] = []
    for at in range(0, len(texts), BATCH):
        if stopped():
            raise Stopped
        made.append(embedder.embed_text(texts[at : at + BATCH]))
    starts = np.cumsum([0, *(len(entry.texts) for entry in entries[:-1])])
    return unit_length(np.add.reduceat(np.concatenate(made), starts))


def write_vectors(file: Path, vectors: Floats) -> None:
    """Keep them, in half precision; where nothing can be written they are made again."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as partial:
            np.savez(partial, vectors=vectors.astype(np.float16))
        os.replace(partial.name, file)


def _kept(name: str, cache_dir: Path) -> Floats | None:
    if name in _last:
        return _last[name]
    for file in (
        files("foundsound.hearing").joinpath("data", name),
        cache_dir / "vocabulary" / name,
    ):
        found = _read(file)
        if found is not None:
            _remember(name, found)
            return found
    return None


def _remember(name: str, vectors: Floats) -> None:
    _last.clear()
    _last[name] = vectors


def _read(file: Traversable) -> Floats | None:
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            found = unit_length(arrays["vectors"].astype(np.float32))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):  # absent or damaged
        return None
    return found if len(found) == len(vocabulary()) else None
