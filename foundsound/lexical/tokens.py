"""From text to terms: what is said in names, folders and sentences, cut into stemmed words.

Letters lose their accents and their case. Words end at blanks and signs, where letters meet digits,
and where a capital begins (``FootStep``), so that names read like sentences. Terms are 32-bit
hashes of stems, as the engine wants them: among 100,000 stems about one pair shares a hash
(n² / 2³³), and then a sound is at worst found by the other's word.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer
from blake3 import blake3

from foundsound.lexical.stop_words import STOP_WORDS

_RUN = re.compile(r"[^\W_]+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
# "AK-47" is one word with or without its dash
_MODEL = re.compile(r"\b([A-Za-z]{1,3})-(?=[0-9])")
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"}
)
_SHORT = 3  # letters that make one word with digits: AK47, V8, 9mm; but not Rain02
_LONGEST = 40  # characters; what is longer is no word
_stemmers = threading.local()


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it stands in the text, and the stem by which it is matched."""

    said: str
    stem: str

    @property
    def term(self) -> int:
        """The stem's hash."""
        return term_of(self.stem)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text, in order; without stop words, single letters and take numbers.

    Texts that came last are remembered: folders and categories come again and again.
    """
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    for run in _RUN.findall(_MODEL.sub(r"\1", _plain(text))):
        parts = _PART.findall(run)
        if len(parts) == 2 and _is_one_word(*parts):
            parts.append(run)
        for part in parts:
            if _says_something(part):
                yield Token(part, stem_of(part.lower()))


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """The Snowball stem of a word in lower case, by the rules for English."""
    if not hasattr(_stemmers, "english"):  # a stemmer may serve one thread at a time
        _stemmers.english = Stemmer.Stemmer("english")
    stem: str = _stemmers.english.stemWord(word)
    return stem


@lru_cache(maxsize=50_000)
def term_of(stem: str) -> int:
    """A stem's hash, the same for ever: uint32."""
    return int.from_bytes(blake3(stem.encode()).digest(length=4), "little")


def _plain(text: str) -> str:
    """The text without accents; case stays, because it tells words apart."""
    if text.isascii():
        return text
    parted = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in parted if not unicodedata.combining(c))


def _is_one_word(first: str, second: str) -> bool:
    digits = first.isdigit() + second.isdigit()
    if digits:
        letters = second if first.isdigit() else first
        return digits == 1 and len(letters) <= _SHORT
    return first[-1].islower()  # YouTube, but not DOORWood


def _says_something(part: str) -> bool:
    if part.isdigit():  # years and models, but neither takes nor counts
        return len(part) > 2 and not part.startswith("0") and len(part) <= _LONGEST
    single = len(part) == 1 and part.isascii()
    return not single and len(part) <= _LONGEST and part.lower() not in STOP_WORDS
