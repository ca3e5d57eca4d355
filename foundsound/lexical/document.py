"""A sound's words as one sparse vector: BM25F, with the IDF left to the engine.

For each term the occurrences in all fields add up to one weighted count, each field's divided by
its length as in BM25 (``B``) against what is usual there, and the count saturates (``K1``): a name
that says "rain" thrice is no more about rain than one that says it once. The rule is that of
Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from foundsound.catalog.texts import SoundTexts
from foundsound.lexical.fields import WEIGHING, Field, field_texts
from foundsound.lexical.tokens import term_of, tokens
from foundsound.vectors.lexical import SparseTerms

# Raise it whenever the same texts give other terms or weights: all words are then written anew.
WORDS_VERSION = 1
K1 = 1.2
B = 0.5
NOTHING = ""  # the stem of a sound that nothing is said of


@dataclass(frozen=True)
class Document:
    """A sound's terms on their way into the index, and the stems that they stand for."""

    terms: SparseTerms  # ids ascending
    stems: dict[int, str]


def words_key(version: int = WORDS_VERSION) -> str:
    """Names the index of words that are made in this version."""
    return f"words-{version}"


def document(texts: SoundTexts) -> Document:
    """What stands in the index for a sound of which this is said."""
    counts: dict[Field, Counter[str]] = {}
    for piece in field_texts(texts):
        found = counts.setdefault(piece.field, Counter())
        found.update(token.stem for token in tokens(piece.text))
    weighted: dict[str, float] = {}
    for field, stems in counts.items():
        weight, usual = WEIGHING[field]
        share = weight / (1 - B + B * stems.total() / usual)
        for stem, count in stems.items():
            weighted[stem] = weighted.get(stem, 0.0) + share * count
    by_term: dict[int, float] = {}
    for stem, total in weighted.items():
        by_term[term_of(stem)] = max(by_term.get(term_of(stem), 0.0), total)
    ids = sorted(by_term) or [term_of(NOTHING)]
    weights = [saturated(by_term.get(term, 1.0)) for term in ids]
    return Document(
        SparseTerms(np.array(ids, np.uint32), np.array(weights, np.float32)),
        {term_of(stem): stem for stem in weighted or [NOTHING]},
    )


def saturated(count: float) -> float:
    """A weighted count as BM25 takes it, from 0 up to ``K1 + 1``."""
    return count * (K1 + 1) / (count + K1)
