"""Is a text made of words that are said of sounds?

A model gives every text a vector, also "asdfgh" and "tax form". The Universal Category System lists
7,700 words that sounds are filed by, and AudioSet names 521 kinds of sounds; a text with few of
their words must find something stronger before it counts as answered. Measured on 127 and 218
descriptions of sounds and 60 texts that describe none: half of the words or more are unknown in 7 %
of the descriptions and 78 % of the others.
"""

from functools import lru_cache

from foundsound.hearing.vocabulary import vocabulary
from foundsound.lexical.known_words import known_stems
from foundsound.lexical.stop_words import WEAK_WORDS
from foundsound.lexical.tokens import tokens

UNFAMILIAR = 0.5  # of the words are unknown


def is_familiar(text: str) -> bool:
    """True when more than half of the words that say something are among those."""
    stems = [token.stem for token in tokens(text) if token.said.lower() not in WEAK_WORDS]
    known = sum(stem in known_stems() or stem in _named() for stem in stems)
    return known > UNFAMILIAR * len(stems)


@lru_cache(maxsize=1)
def _named() -> frozenset[str]:
    """Stems of AudioSet's names: "mooing" and "quacking" are in no category's."""
    named = " ".join(text for each in vocabulary() if each.kind == "tag" for text in each.texts)
    return frozenset(token.stem for token in tokens(named))
