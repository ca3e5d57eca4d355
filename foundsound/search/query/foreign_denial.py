"""``lluvia sin trueno``, ``没有雷的雨``: what other languages do not want.

Words that may say so and may not are marked where they do not: "sin" among English words is a sine,
and Portuguese "no" is "in the".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from foundsound.glossary.english import is_english
from foundsound.glossary.translate import is_of
from foundsound.search.query.tokens import Filter, Plain, Quoted, Token, Unwanted

NO = "no"
AMBIGUOUS = {"sin": "es", "sem": "pt", "bez": "pl"}  # a sine, a microscope, part of names
_HANGUL_WITHOUT = frozenset({"없는", "없이", "없음"})  # behind what is unwanted
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_OPEN, _CLOSE = r"[(\[\u300c\u300e]", r"[)\]\u300d\u300f]"
# Chinese: what is unwanted follows, up to the particle that leads on to what is wanted.
_CHINESE = re.compile(
    rf"(?P<wanted>.*?){_OPEN}?(?<!有)(?:没有|沒有|不要|不含)(?P<unwanted>[^的)\]\u300d\u300f]+)"
    rf"{_CLOSE}?的?{_CLOSE}?(?P<rest>.*)"
)
_CHINESE_AND = re.compile("[和或与及、,]")
# Japanese: what is unwanted comes before, in characters other than hiragana.
_JAPANESE = re.compile(
    rf"(?:(?P<wanted>.+){_OPEN})?(?P<unwanted>[\u30a0-\u30ff\u3400-\u9fff]+)"
    rf"(?:なし|無し)(?:(?:の|で)(?P<rest>.*)|{_CLOSE}?[.,;!]?)"
)
_NOUNS = frozenset("台名洋底文")  # 台無し and others are words of their own
_EDGES = "()[],;.!?\u300c\u300d\u300e\u300f"
_QUOTES = re.compile('["“”„]')


def in_english(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens, with what is not wanted told as ``-word`` where no "no" leads to it."""
    told = list(tokens)
    words = [_bare(token.text) for token in told if isinstance(token, Plain)]
    literal = _literal(words)
    portuguese = any(word.lower() == NO for word in words) and _is_portuguese(words)
    ended = True  # what came before, by a comma
    denied = False  # what the Korean word follows is told already
    for token, after in pairwise([*told, None]):
        if token is None:
            break
        if denied:
            denied = False
            continue
        denied = isinstance(after, Plain) and _bare(after.text) in _HANGUL_WITHOUT
        if denied and isinstance(token, (Filter, Quoted)):
            yield replace(token, typed=replace(token.typed, negated=True))
        elif denied and isinstance(token, Plain) and _says(token.text):
            yield _unwanted(token.text, token.start)
        elif isinstance(token, Plain):
            denied = False
            bare = _bare(token.text).lower()
            said = bare in literal or (bare == NO and portuguese and not ended)
            yield from _unspaced(replace(token, literal=said), alone=len(words) == 1)
            ended = token.text.endswith((",", ";"))
        else:
            denied = False
            yield token


def _literal(words: Sequence[str]) -> frozenset[str]:
    """Those of the ambiguous words among these that deny nothing."""
    said = AMBIGUOUS.keys() & {word.lower() for word in words}  # hardly ever any
    return frozenset(word for word in said if word not in _told(words, AMBIGUOUS[word]))


def _told(words: Sequence[str], lang: str) -> set[str]:
    """The words that deny, if some other word is of the language and not English."""
    others = [word.lower() for word in words if word.isalpha() and word.lower() not in AMBIGUOUS]
    if not any(is_of(word, lang) and not is_english(word) for word in others):
        return set()
    between = zip(words, words[1:], words[2:], strict=False)
    return {word.lower() for before, word, after in between if before.isalpha() and after.isalpha()}


def _is_portuguese(words: Iterable[str]) -> bool:
    """True where "no" is "in the"."""
    others = [word.lower() for word in words if word.isalpha() and word.lower() != NO]
    own = [word for word in others if is_of(word, "pt")]
    return any(not is_english(word) for word in own) and not any(
        is_english(word) for word in others if word not in own
    )


def _unspaced(token: Plain, alone: bool) -> Iterator[Token]:
    """A word of Chinese or Japanese, which may be a sentence.

    Args:
        alone: it is all that is said, so something of it must be wanted.
    """
    found = None
    if _HAN.search(token.text) and not _QUOTES.search(token.text):
        found = _CHINESE.fullmatch(token.text) or _JAPANESE.fullmatch(token.text)
    if found is None or found["unwanted"] in _NOUNS or not _says(found["unwanted"]):
        yield token
        return
    wanted, rest = found["wanted"] or "", found["rest"] or ""
    if alone and not _says(wanted) and not _says(rest):
        yield token
        return
    if _says(wanted):
        yield Plain(wanted, token.start)
    at = token.start + found.start("unwanted")
    for each in _CHINESE_AND.split(found["unwanted"]):
        if _says(each):
            yield _unwanted(each, at)
        at += len(each) + 1
    if _says(rest):
        yield Plain(rest, token.start + found.start("rest"))


def _unwanted(text: str, start: int) -> Unwanted:
    bare = _bare(text)
    start += text.index(bare)
    return Unwanted(bare, start, start + len(bare))


def _says(text: str) -> bool:
    return any(map(str.isalnum, text))


def _bare(text: str) -> str:
    return text.strip(_EDGES)
