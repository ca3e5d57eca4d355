"""Cuts a typed query into words, unwanted words, quotes and filters, each with its place."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from foundsound.errors import QueryError
from foundsound.search.query.description import CLOSING, OPENING, PUNCTUATION
from foundsound.search.query.filters import KINDS
from foundsound.search.query.foreign_words import DENIALS
from foundsound.search.query.kind import Typed

QUOTES = {'"': '"', "“": '"”', "„": '"“”'}
DASHES = "-–−"  # as typed, and what programs that correct text make of it
# Of each the form that is as wide as a Chinese character, and the comma between Japanese nouns.
_WIDE = {ord(sign) + 0xFEE0: sign for sign in ",;!?()[]<>=-"}
_HALF_WIDTH = {**_WIDE, 0x3000: " ", 0x3001: ",", 0x3002: "."}
_WIDE_COLON = re.compile("([A-Za-z]+)\uff1a")  # others are punctuation
_WORD = re.compile(r"\S+")
# Who forgets the blank behind a comma means two words all the same; but 1,000 is one.
_COMMA = re.compile(rf"[,;](?=[{DASHES}]?[^\W\d_]|[{DASHES}]?[\"“„])")
_KEY = re.compile(r"([^\W\d_]{2,}):")
_PITCH = re.compile(r"[a-g][#b♯♭]?\s+(?:minor|major|min|maj)\b", re.IGNORECASE)  # one value
# What may stand in brackets without being description.
_INSIDE = re.compile(
    rf"[{DASHES}]*(?:(?P<key>[^\W\d_]{{2,}}):(?!//|:)[^\s)\]]|[\"“„])|[{DASHES}]+[^\W\d_]"
)
_DENIED = re.compile(
    rf"(?:{'|'.join((*DENIALS, 'no', 'not', 'without'))})\s+"
    rf"[{DASHES}]*(?:(?P<key>[^\W\d_]{{2,}}):(?!//|:)[^\s)\]]|[\"“„])",
    re.IGNORECASE,
)
_CLOSED = re.compile(rf"[{re.escape(CLOSING)}](?=[{re.escape(PUNCTUATION)}]*$)")
# What other programs call them.
ALIASES = {
    **dict.fromkeys(("duration", "length", "len", "seconds"), "dur"),
    **dict.fromkeys(("samplerate", "rate", "hz", "khz"), "sr"),
    **dict.fromkeys(("format", "type", "ext", "filetype"), "fmt"),
    **dict.fromkeys(("channels", "chan"), "ch"),
    **dict.fromkeys(("path", "dir", "directory"), "folder"),
    **dict.fromkeys(("file", "filename"), "name"),
    **dict.fromkeys(("date", "created"), "added"),
    **dict.fromkeys(("bytes", "filesize"), "size"),
    **dict.fromkeys(("bitdepth", "depth"), "bits"),
    **dict.fromkeys(("category", "catid", "ucs"), "cat"),
    **dict.fromkeys(("tags", "label", "favourite", "favorite"), "tag"),
    **dict.fromkeys(("playlist", "collections"), "collection"),
    **dict.fromkeys(("originator", "designer", "recordist", "author", "creator"), "artist"),
    **dict.fromkeys(("album", "vendor", "publisher"), "library"),
    **dict.fromkeys(("description", "keyword", "keywords", "title"), "desc"),
    **dict.fromkeys(("loudness", "lkfs", "level"), "lufs"),
    **dict.fromkeys(("truepeak", "dbtp"), "peak"),
    **dict.fromkeys(("tempo", "beats"), "bpm"),
}


@dataclass(frozen=True)
class Plain:
    """A word of the description."""

    text: str
    start: int
    literal: bool = False  # it looks like a "no" of some language, and is none


@dataclass(frozen=True)
class Unwanted:
    """``-word``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Quoted:
    """``"words"`` or ``-"words"``; without its quotes, and where it stands with them."""

    typed: Typed

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.typed.end


@dataclass(frozen=True)
class Filter:
    """``key:value`` or ``-key:value``, of a key that exists."""

    typed: Typed

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.typed.end


Token = Plain | Unwanted | Quoted | Filter


def half_width(text: str) -> str:
    """With the punctuation of Chinese and Japanese keyboards as others have it, place by place."""
    if text.isascii():
        return text
    return _WIDE_COLON.sub(_colon, text.translate(_HALF_WIDTH))


def _colon(key: re.Match[str]) -> str:
    known = key[1].lower() in KINDS or key[1].lower() in ALIASES
    return f"{key[1]}:" if known else key[0]


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, in order; what stands in quotes is as it was typed.

    Raises:
        QueryError: a quote without an end, an empty one, or a filter that does not exist.
    """
    typed, text = text, half_width(text)
    at, opened = 0, False
    while word := _WORD.search(text, at):
        start, end = word.span()
        if _is_opened(text, start, end):
            start, opened = start + 1, True
        token, at = _token(text, start, end)
        if isinstance(token, (Quoted, Filter)):
            at += text.startswith(tuple(CLOSING), at)
            if _quote(text, token.typed.start):
                inner = typed[token.typed.start + 1 : token.typed.end - 1]
                token = replace(token, typed=replace(token.typed, value=inner))
        if not isinstance(token, Plain):
            opened = opened and _CLOSED.search(text, start, at) is None
        elif opened:
            token, opened = _closed(token)
        if not isinstance(token, Plain) or token.text:
            yield token


def _is_opened(text: str, start: int, end: int) -> bool:
    """True where a bracket begins what is no description: "(-word)", "(dur:<5 fmt:wav)"."""
    if text[start] not in OPENING:
        return False
    inside = _INSIDE.match(text, start + 1, end) or _DENIED.match(text, start + 1)
    if inside is None:
        return False
    key = inside["key"]
    return key is None or key.lower() in KINDS or key.lower() in ALIASES


def _closed(token: Plain) -> tuple[Plain, bool]:
    """The word without the bracket that closes such a one, and whether it is still open."""
    closed = _CLOSED.search(token.text)
    if closed is None or any(bracket in token.text for bracket in OPENING):
        return token, True
    text = token.text[: closed.start()]  # and the phrase ends with it
    return replace(token, text=f"{text}," if text else ""), False


def _token(text: str, start: int, end: int) -> tuple[Token, int]:
    # A dash before a digit or a blank is a number's or a sentence's, not ours.
    body = start
    while text[body : body + 1] and text[body] in DASHES:  # "--word", as on a command line
        body += 1
    dash = body > start and (text[body : body + 1].isalpha() or _quote(text, body))
    body = body if dash else start
    if _quote(text, body):
        inner, after = _quotation(text, body)
        typed = Typed("words", inner, start, after, negated=dash, quoted=True)
        if not inner.strip():
            raise typed.error("Nothing stands between these quotes.")
        return Quoted(typed), after
    key = _KEY.match(text, body, end)
    named = _filter(text, key, end, dash) if key is not None else None
    if named is not None:
        return Filter(named), named.end if named.quoted else end
    if comma := _COMMA.search(text, body, end):
        end = comma.end()
    if dash and (bare := text[body:end].rstrip(PUNCTUATION + CLOSING)):
        return Unwanted(bare, start, body + len(bare)), end
    return Plain(text[start:end], start), end


def _filter(text: str, key: re.Match[str], end: int, negated: bool) -> Typed | None:
    """The filter that begins with ``key``; None when it is a word with a colon."""
    name, start = key[1].lower(), key.end()
    value = text[start:end]
    if not value or value.startswith(("//", ":")):
        return None
    if name not in KINDS:
        raise QueryError(_unknown(key[1], name), key.span(1))
    if _quote(text, start):
        inner, after = _quotation(text, start)
        return Typed(name, inner, start, after, negated, quoted=True)
    bare = value.rstrip(",;")
    while (closed := _CLOSED.search(bare)) and not _balanced(bare):
        bare = bare[: closed.start()].rstrip(",;")
    if name == "key" and (spoken := _PITCH.match(text, start)):
        return Typed(name, spoken[0], start, spoken.end(), negated, quoted=True)
    typed = Typed(name, bare, start, start + len(bare), negated, quoted=False)
    if not bare:
        raise QueryError(needs_value(name), key.span())
    return typed


def _balanced(value: str) -> bool:
    """True when each bracket that closes in it was opened there."""
    pairs = zip(OPENING, CLOSING, strict=True)
    return all(value.count(opening) >= value.count(closing) for opening, closing in pairs)


def needs_value(name: str) -> str:
    """What to say of a filter's name without a value."""
    return f"'{name}:' needs a value, such as '{name}:{KINDS[name].example}'."


def _unknown(typed: str, name: str) -> str:
    near = difflib.get_close_matches(name, {*KINDS, *ALIASES}, 1, 0.6)
    meant = f"; did you mean '{ALIASES.get(near[0], near[0])}:'?" if near else "."
    return (
        f"'{typed}:' is not known as a filter{meant} Filters are {', '.join(KINDS)}. "
        "To search for the words themselves, put a blank after the colon."
    )


def _quote(text: str, at: int) -> bool:
    return text[at : at + 1] in QUOTES and at < len(text)


def _quotation(text: str, start: int) -> tuple[str, int]:
    """What the quotes at ``start`` hold, and where the text goes on."""
    ends = QUOTES[text[start]]
    for at in range(start + 1, len(text)):
        if text[at] in ends:
            return text[start + 1 : at], at + 1
    raise QueryError("This quote has no end; close it, or leave it out.", (start, len(text)))
