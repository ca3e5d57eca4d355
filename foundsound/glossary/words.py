"""The glossary: English for words that sounds are filed by in eleven languages.

Two tables. ``ucs-words.tsv`` holds the words of the Universal Category System 8.2.1, made by
``training/glossary.py``; ``common.tsv`` a hundred everyday sounds, written by hand, which come
first: the standard names a thing, and not always what people call it.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import Stemmer

STEMMERS = {
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
}
LANGUAGES = ("de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "zh")
_OTHERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "\u0451": "\u0435"})
_CODES = {"kr": "ko"}
LEAST_STEMMED = 4  # letters; shorter words are too alike without their ends


@dataclass(frozen=True)
class Glossary:
    """One language's words.

    Args:
        words: English by word, or by words with blanks between them, folded.
        stems: English by the stem of a single word, folded; empty where words have none.
    """

    lang: str
    words: dict[str, str]
    stems: dict[str, str]
    plain: dict[str, str]
    """English by single words without accents and by their stems; empty as ``stems``."""
    longest: int  # of the words, in characters
    phrase: int  # of the words, in words

    def english(self, word: str) -> str | None:
        """A word's English, in whatever form it stands; None when it is not in the glossary.

        Args:
            word: in lower case, with its accents.
        """
        exact = self.words.get(folded(word))
        if exact is not None or not self.stems or len(word) < LEAST_STEMMED:
            return exact
        return self._plain(word) or self.stems.get(stem(self.lang, word))

    def strictly(self, word: str) -> str | None:
        """The same, but no word without accents is one that has some: Kocher is no Köcher."""
        return self._plain(word) if word.isascii() else self.english(word)

    def _plain(self, word: str) -> str | None:
        if not word.isascii():
            return None
        return self.plain.get(word) or self.plain.get(stem(self.lang, word))


@lru_cache(maxsize=len(LANGUAGES))
def glossary(lang: str) -> Glossary:
    """The glossary of a language, of ``LANGUAGES``; the first of all takes 60 ms, others 15."""
    rows = _rows()[lang]
    words = {folded(word): english for word, english in rows}
    stems: dict[str, str] = {}
    plain: dict[str, str] = {}
    if lang in STEMMERS:
        single = [(word, english) for word, english in rows if " " not in word]
        found = Stemmer.Stemmer(STEMMERS[lang]).stemWords([word for word, _ in single])
        for (word, said), stem in zip(single, found, strict=True):
            if word.isascii():
                plain |= {stem: said}
        plain |= {word: said for word, said in single if word.isascii()}
        stems = {folded(stem): said for stem, (_, said) in zip(found, single, strict=True)}
    return Glossary(
        lang,
        words,
        stems,
        plain,
        longest=max(map(len, words)),
        phrase=max(word.count(" ") for word in words) + 1,
    )


@lru_cache(maxsize=10_000)
def stem(lang: str, word: str) -> str:
    """The folded Snowball stem of a word in lower case."""
    stemmed: str = Stemmer.Stemmer(STEMMERS[lang]).stemWord(word)
    return folded(stemmed)


@lru_cache(maxsize=10_000)
def folded(word: str) -> str:
    """A word by which its spellings are one: neither case nor accents of Latin letters count."""
    text = word.lower().translate(_OTHERS)
    if text.isascii():
        return text
    parted = unicodedata.normalize("NFKD", text)
    # Dakuten are no accents: か and が are two letters. So is й.
    kept = (c for c in parted if not ("\u0300" <= c <= "\u036f" and c != "\u0306"))
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[tuple[str, str]]]:
    """Word and English by language; what comes last counts."""
    found: dict[str, list[tuple[str, str]]] = {lang: [] for lang in LANGUAGES}
    for line in _lines("ucs-words.tsv")[1:]:
        lang, word, english = line.split("\t")
        found[lang].append((word, english))
    header, *lines = _lines("common.tsv")
    langs = [_CODES.get(lang, lang) for lang in header.split("\t")[1:]]
    for line in lines:
        english, *cells = line.split("\t")
        for lang, cell in zip(langs, cells, strict=True):
            found[lang] += _once(cell.split("/"), english)
    return found


def _once(words: Iterable[str], english: str) -> list[tuple[str, str]]:
    return [(word.lower(), english) for word in words]


def _lines(name: str) -> list[str]:
    return files("foundsound.glossary").joinpath("data", name).read_text("utf-8").splitlines()
