"""Suggests categories and tags from the stored vectors: one product of matrices a sound.

An entry's strength is that of the sound's best window, in background deviations above what the
space's reference sounds score with the entry. With so many entries something always stands out, so
the least strength is calibrated too: it is what the reference sounds, which are meant to be
nothing, reach with their best entries.
"""

import io
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from foundsound.calibrate import known_calibration
from foundsound.catalog.suggestions import (
    Suggested,
    save_suggestions,
    sounds_without_suggestions,
)
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.hearing.vocabulary import VERSION, Entry, vocabulary
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.settings import Settings
from foundsound.vectors.store import space_name

PAGE = 256  # sounds in one write
BATCH = 64  # texts in one call of the model
MOST = {"ucs": 3, "tag": 5}
SHARE = 0.75  # of the strongest one's strength, within its kind
LEAST = 2.5  # deviations, whatever the references say


@dataclass(frozen=True)
class KnownVocabulary:
    """The vocabulary in one space."""

    entries: tuple[Entry, ...]
    vectors: Floats
    """float32 ``[entries, dim]``, unit length."""
    mean: Floats
    """Background of each entry, cosine, ``[entries]``."""
    deviation: float
    least: dict[str, float]
    """The least strength of a suggestion, by kind."""

    def suggested(self, windows: Floats) -> list[Suggested]:
        """What a sound of these windows ``[n, dim]`` may be, strongest first within its kind."""
        strengths = self._strengths(windows).max(axis=0)
        found = []
        for kind, most in MOST.items():
            rows = self._rows(kind)
            best = rows[np.argsort(-strengths[rows], kind="stable")[:most]]
            limit = max(self.least[kind], SHARE * float(strengths[best[0]]))
            found += [
                Suggested(kind, self.entries[row].value, round(float(strengths[row]), 3))
                for row in best.tolist()
                if strengths[row] >= limit
            ]
        return found

    def _strengths(self, windows: Floats) -> Floats:
        return np.asarray((windows @ self.vectors.T - self.mean) / self.deviation, np.float32)

    def _rows(self, kind: str) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return np.flatnonzero([entry.kind == kind for entry in self.entries])


def known_vocabulary(vectors: Floats, calibration: Calibration) -> KnownVocabulary:
    """The vocabulary from the vectors of its texts."""
    entries = vocabulary()
    cosines = calibration.references @ vectors.T
    mean = cosines.mean(axis=0)
    strengths = (cosines - mean) / calibration.text.deviation
    least = {}
    for kind in MOST:
        rows = np.flatnonzero([entry.kind == kind for entry in entries])
        least[kind] = max(LEAST, float(np.median(strengths[:, rows].max(axis=1))))
    return KnownVocabulary(entries, vectors, mean, calibration.text.deviation, least)


def suggest_lacking(library: Library, stopped: Callable[[], bool]) -> int:
    """Suggest for every embedded sound that has no suggestions by the library's model.

    After a change of models that is every sound. Its texts are embedded once a model, some
    seconds, and kept in the cache.

    Returns:
        How many sounds there were.
    """
    with library.searching() as space:
        calibration = known_calibration(library.catalog, space)
        if calibration is None:
            return 0
        done, after = 0, ""
        known: KnownVocabulary | None = None
        while not stopped():
            with library.catalog.read() as session:
                ids = sounds_without_suggestions(session, space.id, VERSION, after, PAGE)
            if not ids:
                break
            if known is None:
                vectors = _vectors(space, library.settings, stopped)
                if vectors is None:
                    break
                known = known_vocabulary(vectors, calibration)
            found = {}
            for sound_id in ids:
                windows = space.vectors.vectors_of(sound_id)
                found[sound_id] = known.suggested(windows) if len(windows) else []
            with library.catalog.write(alone=True) as session:
                save_suggestions(session, space.id, VERSION, found)
            done, after = done + len(ids), ids[-1]
        return done


_embedding = threading.Lock()  # two threads would do the same work


def _vectors(space: OpenSpace, settings: Settings, stopped: Callable[[], bool]) -> Floats | None:
    """Of the vocabulary's texts; None when it was stopped before they were embedded."""
    file = settings.cache_dir / "vocabulary" / f"{space_name(space.key)}-{VERSION}.npz"
    with _embedding:
        found = _read(file)
        if found is None:
            texts = [entry.text for entry in vocabulary()]
            made: list[Floats] = []
            for at in range(0, len(texts), BATCH):
                if stopped():
                    return None
                made.append(space.embedder.embed_text(texts[at : at + BATCH]))
            found = np.concatenate(made)
            _write(file, found)
        return found


def _read(file: Path) -> Floats | None:
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            found: Floats = arrays["vectors"].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):  # absent or damaged
        return None
    return found if len(found) == len(vocabulary()) else None


def _write(file: Path, vectors: Floats) -> None:
    with suppress(OSError):  # a cache that cannot be written: the next process embeds again
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as partial:
            np.savez(partial, vectors=vectors.astype(np.float16))
        os.replace(partial.name, file)
