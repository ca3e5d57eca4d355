"""From what was typed to the terms that are looked for, and how good a sound can get.

Each word becomes one or several terms: its stem, and with a smaller share what means the same; a
word that hardly any sound has becomes what it may be completed or mended to. One that is said of
sounds is hardly mistyped, whether or not the library has it: "cattle" is no "battle". Still it is
mended, for half, because names have typos too. A variant counts no
more than the word itself would, however rare it is. ``ideal`` is the score of a sound that has
every word, as typed, in its name: a score divided by it says how much of the query was matched.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from foundsound.catalog.database import Catalog
from foundsound.catalog.until_changed import UntilChanged
from foundsound.catalog.vocabulary import sounds_with
from foundsound.lexical.document import K1, saturated
from foundsound.lexical.fields import WEIGHING, Field
from foundsound.lexical.known_words import known_stems
from foundsound.lexical.same_words import same_as
from foundsound.lexical.stop_words import WEAK_WORDS
from foundsound.lexical.tokens import Token, term_of, tokens
from foundsound.lexical.vocabulary import Vocabulary
from foundsound.vectors.lexical import LexicalIndex, SparseTerms

WEAK = 0.3  # weight of a word such as "on" beside others,
WEAK_ALONE = 0.07  # but all such words together are no more of the others' than this
SAME = 0.8  # share of a word that means the same
DOUBT = 0.5  # share of a mended word's share where what was typed is spelt well
JOINED = 0.9  # share of two words written as one, for each of them
RARE = 3  # sounds: a word that no more have may be mistyped there,
PLENTY = 5000  # one of so many sounds
COUNT_AGAIN_S = 10.0
MOST_COUNTS = 20_000  # stems of which is remembered how many sounds have them: 2 MB
FULL = saturated(WEIGHING[Field.NAME].weight)
MOST = K1 + 1  # what a word gives at most, wherever it stands


@dataclass(frozen=True)
class Said:
    """A typed text and how much it counts."""

    text: str
    weight: float = 1.0


@dataclass
class _Word:
    """A typed word and the stems that may stand for it, each with its share."""

    said: str
    stem: str
    weight: float
    weak: bool
    stems: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LexicalQuery:
    """What to look for."""

    terms: SparseTerms
    ideal: float  # score of a sound that has all of it in its name
    words: Mapping[str, str]  # by stem: the typed word that it stands for
    faint: float = 0.0  # of ideal: what words such as "on" give at most, where there are others
    sharing: int = 0  # sounds that share a term, at most, as the catalogue counts them


class LexicalQueries:
    """Makes queries of typed texts, by what the library's sounds are called. Thread-safe."""

    def __init__(self, catalog: Catalog, index: LexicalIndex) -> None:
        self._catalog = catalog
        self._index = index
        self._vocabulary = Vocabulary(catalog)
        self._having = UntilChanged[int](catalog, MOST_COUNTS)
        self._sounds = 0
        self._counted_when: object = None  # as the catalogue was
        self._counted_at = -COUNT_AGAIN_S

    def query(self, texts: Sequence[Said]) -> LexicalQuery | None:
        """What to look for; None when the texts have no word that says something."""
        words = _words(texts)
        if not words:
            return None
        sounds = self.sounds()
        self._join(words)
        having = self._sounds_with(words)
        for word in words:
            known = sum(having[stem] for stem in word.stems)
            if known <= min(RARE, sounds // PLENTY):
                self._mend(word, known)
        having |= self._sounds_with(words, besides=having)
        return _weighed(words, having, sounds)

    def sounds(self) -> int:
        """Sounds in the index, or lately: nobody sees a few more or less.

        Counting 300,000 takes 30 ms, so it is done only where the catalogue has changed: no words
        are written without that.
        """
        if time.monotonic() - self._counted_at >= COUNT_AGAIN_S:
            version = self._catalog.version()
            if version != self._counted_when:
                self._sounds, self._counted_when = self._index.count(), version
            self._counted_at = time.monotonic()
        return self._sounds

    def knows(self, text: str) -> bool:
        """True when a word of the text is said of some sound."""
        return any(token.stem in self._vocabulary for token in tokens(text))

    def _join(self, words: Sequence[_Word]) -> None:
        for first, second in pairwise(words):
            joined = first.said.lower() + second.stem
            if joined in self._vocabulary:
                for word in (first, second):
                    word.stems.setdefault(joined, JOINED)

    def _mend(self, word: _Word, known: int) -> None:
        said = word.said.lower()
        doubt = DOUBT if word.stem in known_stems() else 1.0
        for near in self._vocabulary.mended(said) if known else self._vocabulary.near(said):
            word.stems.setdefault(near.stem, near.share * (doubt if near.typo else 1.0))

    def _sounds_with(
        self, words: Sequence[_Word], besides: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        stems = {stem for word in words for stem in word.stems} - set(besides or ())
        return self._having.get_each(stems, self._count) if stems else {}

    def _count(self, stems: Sequence[str]) -> dict[str, int]:
        with self._catalog.rows() as connection:
            found = sounds_with(connection, [term_of(stem) for stem in stems])
        return {stem: found.get(term_of(stem), 0) for stem in stems}


def _words(texts: Sequence[Said]) -> list[_Word]:
    found: dict[str, _Word] = {}
    for text in texts:
        said = tokens(text.text)
        plain = [token for token in said if token.said.lower() not in WEAK_WORDS]
        for token in said:
            weak = bool(plain) and token.said.lower() in WEAK_WORDS
            word = _word(token, text.weight * (WEAK if weak else 1.0), weak)
            if token.stem not in found or found[token.stem].weight < word.weight:
                found[token.stem] = word
    return list(found.values())


def _word(token: Token, weight: float, weak: bool) -> _Word:
    stems = {token.stem: 1.0} | dict.fromkeys(sorted(same_as(token.stem)), SAME)
    return _Word(token.said, token.stem, weight, weak, stems)


def _weighed(words: Sequence[_Word], having: Mapping[str, int], sounds: int) -> LexicalQuery:
    weights: dict[int, float] = {}
    typed: dict[str, str] = {}
    # As rare as all that may stand for it together.
    rarity = [idf(sum(having[stem] for stem in word.stems), sounds) for word in words]
    faint = _faint(words, rarity)
    ideal = alone = 0.0
    sharing = 0
    for word, own in zip(words, rarity, strict=True):
        counts = word.weight * (faint if word.weak else 1.0)
        ideal += counts * own * FULL
        alone += counts * own * MOST if word.weak else 0.0
        for stem, share in word.stems.items():
            if having[stem] or stem == word.stem:
                weight = counts * share * min(1.0, own / idf(having[stem], sounds))
                term = term_of(stem)
                sharing += having[stem] if term not in weights else 0
                weights[term] = weights.get(term, 0.0) + weight
                typed.setdefault(stem, word.said)
    terms = SparseTerms(
        np.array(list(weights), np.uint32), np.array(list(weights.values()), np.float32)
    )
    return LexicalQuery(terms, ideal, typed, alone / ideal, sharing)


def _faint(words: Sequence[_Word], rarity: Sequence[float]) -> float:
    """What the weak words' weights are multiplied by: rare as they are in names, they say little.

    So a sound that has nothing but the "on" of "rain on a roof" is no answer, see ``answers.py``.
    """
    weak = plain = 0.0
    for word, own in zip(words, rarity, strict=True):
        if word.weak:
            weak += word.weight * own
        else:
            plain += word.weight * own
    return min(1.0, WEAK_ALONE * plain / weak) if weak else 1.0


def idf(having: int, sounds: int) -> float:
    """The engine's inverse document frequency of a term that so many of the sounds have."""
    return math.log((max(sounds - having, 0) + 0.5) / (having + 0.5) + 1)
