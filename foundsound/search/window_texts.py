"""What each window of a sound sounds like: the UCS categories that fit it best.

A category is judged as a search for its words would be: by how far its cosine lies above what
unlike sounds score with the same words, in background deviations.
"""

from pathlib import Path

import numpy as np
from pydantic import BaseModel, Field

from foundsound.calibrate import known_calibration
from foundsound.catalog.database import Catalog
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.hearing.vocabulary import Entry, vocabulary
from foundsound.hearing.vocabulary_vectors import vocabulary_vectors
from foundsound.open_space import OpenSpace

MOST_TEXTS = 3  # a window
STANDS_OUT = 2.5  # background deviations
MOST_WINDOWS = 5000  # of a sound


class WindowText(BaseModel):
    """A category that fits a window."""

    text: str = Field(examples=["doors wood"])
    cat_id: str = Field(description="By UCS.", examples=["DOORWood"])
    score: float = Field(description="Cosine.")
    strength: float = Field(
        description=f"Background deviations, as of a hit; from {STANDS_OUT} on it stands out."
    )


class WindowReport(BaseModel):
    """A stretch that was embedded as one vector."""

    start_s: float
    end_s: float
    texts: list[WindowText] = Field(description="Best first; empty where nothing stands out.")


class SoundWindowsReport(BaseModel):
    """The windows of a sound, in order."""

    sound_id: str
    model: str = Field(examples=["starter"])
    windows: list[WindowReport]


class WindowTexts:
    """Reads windows of a library's sounds. Thread-safe."""

    def __init__(self, catalog: Catalog, cache_dir: Path) -> None:
        self._catalog = catalog
        self._cache_dir = cache_dir

    def report(self, space: OpenSpace, sound_id: str) -> SoundWindowsReport:
        """A sound's windows, each with the texts that stand out; none before it is embedded.

        Raises:
            LibraryError, ModelError: the library or the model failed.
        """
        own = space.vectors.vectors_of(sound_id)
        windows: list[WindowReport] = []
        if len(own):
            found = space.vectors.search(
                unit_length(own.mean(axis=0)), MOST_WINDOWS, only=[sound_id], with_vectors=True
            )
            found.sort(key=lambda hit: (hit.start_s, hit.end_s))
            vectors = np.stack([hit.vector for hit in found if hit.vector is not None])
            for hit, texts in zip(found, self._texts(space, vectors), strict=True):
                windows.append(WindowReport(start_s=hit.start_s, end_s=hit.end_s, texts=texts))
        return SoundWindowsReport(sound_id=sound_id, model=space.embedder.name, windows=windows)

    def _texts(self, space: OpenSpace, windows: Floats) -> list[list[WindowText]]:
        calibration = known_calibration(self._catalog, space)
        if calibration is None:  # it is being measured
            return [[] for _ in windows]
        entries, texts = self._text_vectors(space)
        means = (calibration.references @ texts.T).mean(axis=0)
        cosines = windows @ texts.T
        strengths = (cosines - means) / calibration.text.deviation
        told = []
        for cosine, strength in zip(cosines, strengths, strict=True):
            best = np.argsort(-strength, kind="stable")[:MOST_TEXTS]
            told.append(
                [
                    WindowText(
                        text=entries[at].texts[0],
                        cat_id=entries[at].value,
                        score=float(cosine[at]),
                        strength=float(strength[at]),
                    )
                    for at in best
                    if strength[at] >= STANDS_OUT
                ]
            )
        return told

    def _text_vectors(self, space: OpenSpace) -> tuple[list[Entry], Floats]:
        """Every category, and the vectors of their texts, float32 ``[categories, dim]``."""
        vectors = vocabulary_vectors(space, self._cache_dir)
        entries = vocabulary()
        count = sum(entry.kind == "ucs" for entry in entries)  # they come first
        return list(entries[:count]), vectors[:count]
