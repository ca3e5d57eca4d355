"""Suggests categories and tags from the stored vectors: one product of matrices a sound.

An entry's strength is that of the sound's best window, in background deviations above what the
space's reference sounds score with the entry. With so many entries something always stands out, so
the least strength is calibrated too: it is what the reference sounds, which are meant to be
nothing, reach with their best entries.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from foundsound.calibrate import kept_calibration, known_calibration
from foundsound.catalog.suggestions import (
    Suggested,
    save_suggestions,
    sounds_without_suggestions,
)
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.hearing.vocabulary import VERSION, Entry, vocabulary
from foundsound.hearing.vocabulary_vectors import Stopped, kept_vectors, vocabulary_vectors
from foundsound.library import Library
from foundsound.open_space import OpenSpace

PAGE = 256  # sounds in one write
AT_ONCE = 500  # windows read in one call; more of a sound that has more
WINDOWS = 256  # of a sound, compared at once: a day has some thousand
MOST = {"ucs": 3, "tag": 5}
SHARE = 0.85  # of the strongest one's strength, within its kind
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
        parts = range(0, len(windows), WINDOWS)
        strengths = np.stack(
            [self._strengths(windows[at : at + WINDOWS]).max(axis=0) for at in parts]
        ).max(axis=0)
        found = []
        for kind, most in MOST.items():
            rows = self._rows[kind]
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

    @cached_property
    def _rows(self) -> dict[str, np.ndarray[tuple[int], np.dtype[np.intp]]]:
        kinds = [entry.kind for entry in self.entries]
        return {kind: np.flatnonzero([each == kind for each in kinds]) for kind in MOST}


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


def vocabulary_at_hand(library: Library, space: OpenSpace) -> KnownVocabulary | None:
    """The vocabulary in a space, if nothing has to be embedded for it first."""
    calibration = known_calibration(library.catalog, space) or kept_calibration(
        space.embedder, library.settings
    )
    vectors = kept_vectors(space.key, library.settings.cache_dir)
    if calibration is None or vectors is None:
        return None
    return known_vocabulary(vectors, calibration)


def suggest_for(
    library: Library, space: OpenSpace, known: KnownVocabulary, sounds: Mapping[str, Floats]
) -> None:
    """Suggest for sounds by their windows, float32 ``[n, dim]``, n > 0."""
    found = {sound_id: known.suggested(windows) for sound_id, windows in sounds.items()}
    with library.catalog.write(alone=True) as session:
        save_suggestions(session, space.id, VERSION, found)


def suggest_lacking(library: Library, stopped: Callable[[], bool]) -> int:
    """Suggest for every embedded sound that has no suggestions by the library's model.

    After a change of models that is every sound.

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
                lacking = sounds_without_suggestions(session, space.id, VERSION, after, PAGE)
            if not lacking:
                break
            if known is None:
                try:
                    vectors = vocabulary_vectors(space, library.settings.cache_dir, stopped)
                except Stopped:
                    break
                known = known_vocabulary(vectors, calibration)
            found: dict[str, list[Suggested]] = {sound_id: [] for sound_id, _ in lacking}
            for sound_id, windows in _stored(space, lacking):
                found[sound_id] = known.suggested(windows)
            with library.catalog.write(alone=True) as session:
                save_suggestions(session, space.id, VERSION, found)
            done, after = done + len(lacking), lacking[-1][0]
        return done


def _stored(space: OpenSpace, sounds: Sequence[tuple[str, int]]) -> Iterator[tuple[str, Floats]]:
    """The windows ``[n, dim]`` of sounds that have any; several sounds in one call of the engine.

    Args:
        sounds: each with the number of its windows.
    """
    ends = np.cumsum([windows for _, windows in sounds]) // AT_ONCE
    for _, some in groupby(zip(sounds, ends.tolist(), strict=True), key=lambda each: each[1]):
        points = space.vectors.windows_of_sounds([sound_id for (sound_id, _), _ in some])
        for sound_id, own in groupby(points, key=lambda point: point.sound_id):
            yield sound_id, np.stack([point.vector for point in own])
