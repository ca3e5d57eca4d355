"""Texts in other languages: which language it is, and in English what sounds are filed by.

No translation: a query is mostly names of things, and those stand in the glossary. What stands in
no glossary is left out, or left as it is among Latin letters: it may be a name. English texts are
recognised by looking each word up in a set, and returned as they are.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from foundsound.glossary import compounds
from foundsound.glossary.english import is_english
from foundsound.glossary.function_words import function_words
from foundsound.glossary.words import Glossary, folded, glossary

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]+")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
LATIN = ("de", "es", "fr", "it", "nl", "pl", "pt")
# How surely a word belongs to a language that has it: as it stands, in another form, as a compound.
_STEMMED, _COMPOUND, _IN_PART = 0.9, 0.8, 0.4


@dataclass(frozen=True)
class Translation:
    """What is searched in place of a text."""

    language: str  # ISO 639-1
    english: str


@dataclass(frozen=True)
class _Reading:
    """A text read as one language: a piece for each stretch of it that is known or kept."""

    language: str
    pieces: Sequence[str]
    known: float  # characters that the glossary, or a function word, explains
    told: int  # words of the glossary


@lru_cache(maxsize=4096)
def translation(text: str) -> Translation | None:
    """A text's English; None for an English one, and for one of which no word is known."""
    if text.isascii() and all(map(is_english, _WORD.findall(text.lower()))):
        return None
    text = text.lower()
    readings = list(_readings(text))
    best = max(readings, key=lambda each: (each.told > 0, each.known), default=None)
    if best is None or not best.told:
        return None
    return Translation(best.language, " ".join(_distinct(best.pieces)))


def is_foreign_script(text: str) -> bool:
    """True when letters of the text are not Latin."""
    return any(script.search(text) for script in (_HAN, _KANA, _HANGUL, _CYRILLIC))


def _readings(text: str) -> Iterator[_Reading]:
    if _KANA.search(text):
        yield _unspaced(text, glossary("ja"))
    elif _HAN.search(text):
        yield _unspaced(text, glossary("zh"))
        yield _unspaced(text, glossary("ja"))
    elif _HANGUL.search(text):
        yield _korean(text)
    elif _CYRILLIC.search(text):
        yield _spaced(text, "ru")
    else:
        words = _WORD.findall(text)
        yield from (_spaced(text, lang) for lang in LATIN if _may_be(words, lang))


def _may_be(words: Sequence[str], lang: str) -> bool:
    """True when more words are of the language alone than are not of it.

    Those that are English as well decide nothing, unless they are written with accents.
    """
    own, told, others, at = glossary(lang), 0, 0, 0
    while at < len(words):
        length = _phrase(own, words, at)[0]
        if length > 1:
            told += length
        elif not is_of(words[at], lang):
            others += 1
        elif not (words[at].isascii() and is_english(words[at])):
            told += 1
        at += length
    return told > others


def is_of(word: str, lang: str) -> bool:
    """True when the whole word is known; a part of a word is found in anything."""
    if word in function_words()[lang]:
        return True
    return _word(glossary(lang), word)[1] >= _COMPOUND * len(word)


def _word(words: Glossary, word: str) -> tuple[list[str], float]:
    """English of a word, and how many of its letters that explains, less where it is unsure."""
    exact = words.words.get(folded(word))
    if exact is not None:
        return [exact], len(word)
    stemmed = words.english(word)
    if stemmed is not None:
        return [stemmed], _STEMMED * len(word)
    if words.lang not in compounds.LANGUAGES:
        return [], 0.0
    parts, letters = compounds.split(words, word)
    return parts, letters * (_COMPOUND if letters == len(word) else _IN_PART)


def _spaced(text: str, lang: str) -> _Reading:
    """The longest phrases of the glossary that begin at each word."""
    words, own = _WORD.findall(text), glossary(lang)
    pieces: list[str] = []
    known, told, at = 0.0, 0, 0
    while at < len(words):
        length, found, explained = _phrase(own, words, at)
        if found:
            pieces += found
            told += 1
        elif words[at].isascii() and words[at] not in function_words()[lang]:
            pieces.append(words[at])
        known += explained
        at += length
    return _Reading(lang, pieces, known, told)


def _phrase(own: Glossary, words: Sequence[str], at: int) -> tuple[int, list[str], float]:
    """How many words it has, its English, and how many characters that explains."""
    for length in range(min(own.phrase, len(words) - at), 1, -1):
        english = own.words.get(folded(" ".join(words[at : at + length])))
        if english is not None:
            return length, [english], sum(map(len, words[at : at + length]))
    if words[at] in function_words()[own.lang]:
        return 1, [], len(words[at])
    return 1, *_word(own, words[at])


def _unspaced(text: str, own: Glossary) -> _Reading:
    particles = function_words()[own.lang]
    pieces: list[str] = []
    known, told = 0.0, 0
    for run in re.findall(rf"{_UNSPACED.pattern}|[a-z0-9]+", text):
        if run.isascii():
            pieces.append(run)
            continue
        for word, english in _longest(run, own, particles):
            if english is not None:
                pieces.append(english)
                told += 1
            if english is not None or word in particles:
                known += len(word)
    return _Reading(own.lang, pieces, known, told)


def _longest(
    run: str, own: Glossary, particles: frozenset[str]
) -> Iterator[tuple[str, str | None]]:
    """The run cut into the longest words of the glossary, and what lies between them."""
    at = 0
    while at < len(run):
        for length in range(min(own.longest, len(run) - at), 0, -1):
            word = run[at : at + length]
            english = own.words.get(folded(word))
            if english is not None or word in particles:
                yield word, None if word in particles else english
                break
        else:
            length = 1
            yield run[at], None
        at += length


def _korean(text: str) -> _Reading:
    """Words, or the longest beginnings of them: endings say how a word stands to the others."""
    own, endings = glossary("ko"), function_words()["ko"]
    pieces: list[str] = []
    known, told = 0.0, 0
    for word in _WORD.findall(text):
        if word.isascii():
            pieces.append(word)
            continue
        rest = word
        while rest:
            found = next(
                (n for n in range(len(rest), 0, -1) if rest[:n] in own.words and _ends(rest, n)), 0
            )
            if not found:
                break
            pieces.append(own.words[rest[:found]])
            told, known = told + 1, known + found
            rest = "" if rest[found:] in endings else rest[found:]
    return _Reading("ko", pieces, known, told)


def _ends(rest: str, length: int) -> bool:
    """False for a syllable that only begins a longer word which nobody knows."""
    return length > 1 or len(rest) == 1 or rest[1:] in function_words()["ko"]


def _distinct(pieces: Iterable[str]) -> Iterator[str]:
    """The words of the pieces, each once."""
    said: set[str] = set()
    for word in (word for piece in pieces for word in piece.split()):
        if word not in said:
            said.add(word)
            yield word
