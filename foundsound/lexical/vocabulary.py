"""What a typed word may be completed or mended to: the stems that the library's sounds have.

A word that no sound has, or hardly any, is taken for the beginning of one (``thund``), for one
mistyped (``thundr``), or for two written as one and the reverse (``fire truck``, ``firetruck``).
Stems are held in memory, some 10 MB for 100,000, and new ones are added as they become known.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from foundsound.catalog.database import Catalog
from foundsound.catalog.vocabulary import terms_after
from foundsound.lexical.tokens import stem_of

LEAST_PREFIX = 4  # letters
LEAST_TYPO = 5  # letters of a stem in which one may be wrong: "cock" is no "clock"
TWO_TYPOS = 8  # letters of a word in which two may be
ENDING = 3  # letters that a beginning may have beyond a stem: explosi(on)
MOST = 8  # stems for a word
LOOK_AGAIN_S = 2.0
SHARES = {"prefix": 0.6, "compound": 0.5, 1: 0.5, 2: 0.3}


@dataclass(frozen=True, slots=True)
class Near:
    """A stem that may be meant."""

    stem: str
    share: float  # of the weight of a word that is there as typed
    typo: bool = False  # one of the two would be mistyped


class Vocabulary:
    """The stems of one library. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._last = 0
        self._looked_at = -LOOK_AGAIN_S
        self._sounds: dict[str, int] = {}  # how many had the stem when it was read
        self._sorted: list[str] = []
        self._by_length: dict[int, list[str]] = {}  # those that a word may be mistyped for

    def __contains__(self, stem: str) -> bool:
        """True when some sound had the stem once."""
        self._look()
        return stem in self._sounds

    def near(self, word: str) -> list[Near]:
        """Stems that an unknown word in lower case may stand for, the likeliest first."""
        self._look()
        for found in (self._begun(word), self._split(word), self._mistyped(word)):
            if best := self._best(found):
                return best
        return []

    def mended(self, word: str) -> list[Near]:
        """Stems that a word in lower case may stand for if it is mistyped, the likeliest first."""
        self._look()
        return self._best(self._mistyped(word))

    def _best(self, found: Iterator[Near]) -> list[Near]:
        return sorted(found, key=lambda near: (-near.share, -self._sounds[near.stem]))[:MOST]

    def _begun(self, word: str) -> Iterator[Near]:
        if len(word) < LEAST_PREFIX:
            return
        at = bisect_left(self._sorted, word)
        while at < len(self._sorted) and self._sorted[at].startswith(word):
            yield Near(self._sorted[at], SHARES["prefix"])
            at += 1
        for cut in range(1, ENDING + 1):
            stem = word[:-cut]
            if len(stem) >= LEAST_PREFIX and stem in self._sounds:
                yield Near(stem, SHARES["prefix"])
                return

    def _split(self, word: str) -> Iterator[Near]:
        for at in range(3, len(word) - 2):
            first, second = stem_of(word[:at]), stem_of(word[at:])
            if first in self._sounds and second in self._sounds:
                yield Near(first, SHARES["compound"])
                yield Near(second, SHARES["compound"])
                return

    def _mistyped(self, word: str) -> Iterator[Near]:
        stem = stem_of(word)
        if len(stem) < LEAST_TYPO or not word.isalpha():
            return
        most = 2 if len(word) >= TWO_TYPOS else 1
        for length in range(len(stem) - most, len(stem) + most + 1):
            for near, distance, _ in process.extract(
                stem,
                self._by_length.get(length, ()),
                scorer=OSA.distance,
                score_cutoff=most,
                limit=MOST,
            ):
                if distance:
                    yield Near(near, SHARES[int(distance)], typo=True)

    def _look(self) -> None:
        """Take in the stems that became known since."""
        with self._lock:
            if time.monotonic() - self._looked_at < LOOK_AGAIN_S:
                return
            with self._catalog.read() as session:
                new = terms_after(session, self._last)
            self._looked_at = time.monotonic()
            if not new:
                return
            self._last = new[-1].id
            stems = [term.stem for term in new if term.stem not in self._sounds]
            self._sounds.update((term.stem, term.sounds) for term in new)
            self._sorted = sorted(self._sorted + stems)
            # No mistyped word is a number, and a library may have as many of these as files.
            for stem in (stem for stem in stems if not stem.isdigit()):
                self._by_length.setdefault(len(stem), []).append(stem)
