"""Which words are English: those that sounds are filed by, and those of any sentence."""

from functools import lru_cache
from importlib.resources import files

from foundsound.glossary.words import folded
from foundsound.lexical.known_words import known_stems
from foundsound.lexical.stop_words import STOP_WORDS, WEAK_WORDS
from foundsound.lexical.tokens import stem_of


@lru_cache(maxsize=20_000)
def is_english(word: str) -> bool:
    """True for a word in lower case that the glossaries have no business with.

    Accents do not count: "café" is English as well.
    """
    word = folded(word)
    if not word.isascii():
        return False
    if word in STOP_WORDS or word in WEAK_WORDS or word in _too() or not word.isalpha():
        return True
    return stem_of(word) in known_stems()


@lru_cache(maxsize=1)
def _too() -> frozenset[str]:
    """English words that some glossary would take for its own; see ``training/glossary.py``."""
    table = files("foundsound.glossary").joinpath("data", "english-too.txt")
    return frozenset(table.read_text("utf-8").split())
