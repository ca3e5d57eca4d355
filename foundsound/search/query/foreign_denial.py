"""``lluvia sin trueno``, ``没有雷的雨``: what other languages do not want, as English has it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from foundsound.glossary.translate import translation
from foundsound.search.query.tokens import Plain, Token, Unwanted

SIN = "sin"  # Spanish for "without", and how many write a sine
_HANGUL_WITHOUT = frozenset({"없는", "없이", "없음"})  # behind what is unwanted
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# Chinese: what is unwanted follows, up to the particle that leads on to what is wanted.
_CHINESE = re.compile(r"(?P<wanted>.*?)(?:没有|沒有|不要|不含)(?P<unwanted>[^的]+)的?(?P<rest>.*)")
# Japanese: what is unwanted comes before, in characters other than hiragana.
_JAPANESE = re.compile(
    r"(?P<wanted>)(?P<unwanted>[\u30a0-\u30ff\u3400-\u9fff]+)"
    r"(?:なし|無し|抜き|のない|がない)(?:の|で)?(?P<rest>.*)"
)
_ENDS = ",;.!?"


def in_english(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens, with what is not wanted told as ``-word``, or led by "without"."""
    told = list(tokens)
    words = [token.text for token in told if isinstance(token, Plain)]
    spanish = any(word.lower() == SIN for word in words) and _is_spanish(words)
    for at, token in enumerate(told):
        after = told[at + 1] if at + 1 < len(told) else None
        if not isinstance(token, Plain):
            yield token
        elif spanish and token.text.lower() == SIN:
            yield replace(token, text="without")
        elif isinstance(after, Plain) and _bare(after.text) in _HANGUL_WITHOUT:
            yield _unwanted(token.text, token.start)
        elif _bare(token.text) not in _HANGUL_WITHOUT or at == 0:
            yield from _unspaced(token)


def _is_spanish(words: Iterable[str]) -> bool:
    found = translation(" ".join(word for word in words if word.lower() != SIN))
    return found is not None and found.language == "es"


def _unspaced(token: Plain) -> Iterator[Token]:
    """A word of Chinese or Japanese, which may be a sentence."""
    found = None
    if _HAN.search(token.text):
        found = _CHINESE.fullmatch(token.text) or _JAPANESE.fullmatch(token.text)
    if found is None or not _bare(found["unwanted"]):
        yield token
        return
    if found["wanted"]:
        yield Plain(found["wanted"], token.start)
    yield _unwanted(found["unwanted"], token.start + found.start("unwanted"))
    if _bare(found["rest"]):
        yield Plain(found["rest"], token.start + found.start("rest"))


def _unwanted(text: str, start: int) -> Unwanted:
    bare = _bare(text)
    return Unwanted(bare, start, start + len(bare))


def _bare(text: str) -> str:
    return text.rstrip(_ENDS)
