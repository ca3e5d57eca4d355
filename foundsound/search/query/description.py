"""The words of a typed query: what is described, and what is not wanted.

``no``, ``not`` and ``without`` say so behind a comma or a "but", and in brackets, as do words of
other languages. Within a sentence ``without``, ``NOT`` and mostly ``no`` do; "not" does not: an
engine that is not starting can be heard.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from foundsound.lexical.stop_words import WEAK_WORDS
from foundsound.search.query.foreign_words import BUT, DENIALS, LISTING, PLACING, UNMISTAKABLE

COMMAS = (",", ";")
STOPS = (*COMMAS, ".", "!", "?")
PUNCTUATION = ",;.!?:"  # what ends a word without being part of it
OPENING, CLOSING = "([", ")]"
ENGLISH = frozenset({"no", "not", "without"})
NO = ENGLISH | DENIALS.keys()
OR = frozenset({"or", "nor", "and", "&"})
LEADING = frozenset({"and", "with", "but"})  # to a "no"
ARTICLES = frozenset({"a", "an", "the", "any"})
# "no more", "no 5": nothing is unwanted there.
NO_PHRASES = frozenset(
    {"more", "one", "matter", "longer", "man's", "mans", "way", "problem", "problems", "thanks"}
    | {"thank", "please", "time", "doubt", "idea", "worries", "wonder"}
)
SPEAKING = frozenset(  # "no" is what is said there
    {"say", "says", "said", "saying", "shout", "shouts", "shouting", "yell", "yells", "yelling"}
    | {"scream", "screams", "screaming", "oh", "dr", "or", "whispers", "whispering"}
)
SEPARATORS = frozenset({"-", "–", "—", "/", "|", "+", "•"})
# These go on with what is wanted: "steps without shoes on gravel".
PREPOSITIONS = WEAK_WORDS | frozenset(
    {"at", "with", "from", "near", "inside", "outside", "behind", "during", "while", "when", "but"}
    | {
        "after",
        "before",
        "across",
        "until",
        "under",
        "over",
        "through",
        "into",
        "between",
        "around",
    }
)


@dataclass(frozen=True)
class Word:
    """A word, or quoted words, of the description."""

    text: str
    quoted: bool = False
    comma: str = ""  # that follows what is no plain word
    start: int = 0  # in the typed text
    literal: bool = False  # it looks like a "no" of some language, and is none

    @property
    def said(self) -> str:
        """As part of the description."""
        return self.text + self.comma

    @property
    def spelt(self) -> str:
        """As it is typed."""
        return f'"{self.text}"{self.comma}' if self.quoted else self.said

    def ends_with(self, stops: tuple[str, ...]) -> bool:
        """True when one of these follows the word."""
        return (self.comma if self.quoted else self.said).endswith(stops)


def end_clause(words: list[Word]) -> None:
    """Put a comma after the last word, where it stood after something that is no description."""
    if words and not words[-1].ends_with((*STOPS, ":")):  # "name:," would read as a filter
        words[-1] = replace(words[-1], comma=",")


def close_bracket(words: list[Word]) -> None:
    """Close the bracket that the words leave open, if they do: what closed it was taken out."""
    opened = _open_bracket(words)
    if opened and not words[-1].quoted:
        text = words[-1].text.rstrip("".join(COMMAS))
        words[-1] = replace(words[-1], text=text + CLOSING[OPENING.index(opened)])


def _open_bracket(words: Sequence[Word]) -> str:
    """The bracket that opens last, if none closes behind it; else nothing."""
    for word in reversed(words):
        if not word.quoted and _closes(word):
            return ""
        if not word.quoted and word.text.startswith(tuple(OPENING)):
            return word.text[0]
    return ""


def _closes(word: Word) -> bool:
    return word.said.rstrip(PUNCTUATION).endswith(tuple(CLOSING))


def _is_ended(words: Sequence[Word]) -> bool:
    """True where a comma is part of no word."""
    return not words or words[-1].quoted or words[-1].ends_with(COMMAS)


def without_last_comma(words: Sequence[Word]) -> list[Word]:
    """The words without the comma that led to what was taken out."""
    for at in range(len(words) - 1, -1, -1):
        last = words[at]
        text = last.text if last.quoted else last.text.rstrip("".join(COMMAS))
        if text:
            return [*words[:at], replace(last, text=text, comma="")]
    return []


def split_unwanted(words: Sequence[Word]) -> tuple[list[Word], list[str]]:
    """The description, and the terms of each phrase that says what is not wanted.

    Behind a comma it goes on to the next one, within a sentence to the next preposition at most, in
    brackets to their end.
    """
    words = list(words)
    wanted: list[Word] = []
    unwanted: list[str] = []
    at = 0
    while at < len(words):
        terms, after = _in_brackets(words, at)
        opened = not terms and _opens_with_no(words[at])
        if terms:
            pass
        elif opened:
            bare = replace(words[at], text=words[at].text.lstrip(OPENING))
            terms, after = _no_phrase([*words[:at], bare, *words[at + 1 :]], at, in_bracket=True)
            if terms and after < len(words) and not _closes(words[after - 1]):
                opening = words[at].text[: -len(bare.text)]  # of what else stands in the brackets
                words[after] = replace(words[after], text=opening + words[after].text)
        elif wanted and wanted[-1].ends_with(COMMAS):
            terms, after = _no_phrase(words, at, in_bracket=bool(_open_bracket(wanted)))
        elif _denies(words, at):
            in_bracket = bool(_open_bracket(wanted))
            terms, after = _no_phrase(words, at, ends=PREPOSITIONS, in_bracket=in_bracket)
            if terms and wanted and _leads(wanted[-1].said, words[at].said):
                wanted.pop()
        unwanted += terms
        if terms and wanted and wanted[-1].said in SEPARATORS:
            wanted.pop()
        if after == at:
            if unwanted and words[at].said in COMMAS and _is_ended(wanted):
                end_clause(wanted)
            else:
                wanted.append(words[at])
            after += 1
        else:
            if _closes(words[after - 1]):
                close_bracket(wanted)
            if words[after - 1].ends_with(COMMAS) and not opened:
                end_clause(wanted)
        at = after
    return wanted, unwanted


def _opens_with_no(word: Word) -> bool:
    opened = not word.quoted and word.text.startswith(tuple(OPENING))
    return opened and word.text.lstrip(OPENING).lower() in NO


def _in_brackets(words: Sequence[Word], start: int) -> tuple[list[str], int]:
    """As :func:`_no_phrase`, of brackets that open here and hold nothing else."""
    if words[start].quoted or not words[start].said.startswith(tuple(OPENING)):
        return [], start
    first = words[start].said.strip(OPENING + CLOSING).lower()
    if first not in NO and first != "but":
        return [], start
    inside: list[Word] = []
    for word in _unquoted(words[start:]):
        inside.append(Word(word.said.strip(OPENING + CLOSING), literal=word.literal))
        if _closes(word):
            break
    else:
        return [], start
    terms: list[str] = []
    at = 0
    while at < len(inside):
        some, after = _no_phrase(inside, at)
        if not some:
            return [], start
        terms, at = terms + some, after
    return terms, start + at


def _denies(words: Sequence[Word], at: int) -> bool:
    """Whether the word within a sentence says that the next ones are not wanted."""
    said, after = words[at].said, _said(words, at + 1)
    if words[at].quoted or words[at].literal or _said(words, at - 1).lower() in NO:
        return False
    if after.lower() in NO:
        return said.lower() == "but"
    if said == "NOT":
        return not after.isupper()  # else all is in capitals
    if said in ("no", "NO"):
        if _said(words, at - 1).lower() in SPEAKING:
            return False
        return after.lower() not in NO_PHRASES and not after[:1].isdigit()
    return said.lower() not in ("no", "not") and may_deny(said, at)


def may_deny(said: str, at: int) -> bool:
    """Whether a word is a "no" of some language.

    Args:
        at: how many words come before it.
    """
    if said.lower() not in DENIALS:
        return said.lower() in ENGLISH
    if at == 0:
        return said.lower() in UNMISTAKABLE
    return said.islower() or said.isupper()  # a typeface's "Sans" is none


def _leads(word: str, denial: str) -> bool:
    """Whether the word leads to the "no" behind it, of one language, and says nothing."""
    lang = DENIALS.get(denial.lower())
    leading = LEADING if lang is None else LISTING[lang] | BUT[lang]
    return word.lower() in leading


def _said(words: Sequence[Word], at: int) -> str:
    """The bare word there; empty where none is, or quoted ones."""
    plain = at < len(words) and not words[at].quoted
    return words[at].said.rstrip(PUNCTUATION) if plain else ""


def _no_phrase(
    words: Sequence[Word],
    start: int,
    ends: frozenset[str] = frozenset(),
    *,
    in_bracket: bool = False,
) -> tuple[list[str], int]:
    """The terms of the phrase that begins here, and where the text goes on; no terms, no phrase.

    Args:
        ends: words before which the phrase ends.
        in_bracket: it ends with the bracket in which it stands.
    """
    at = start
    if at + 1 < len(words) and words[at].said.lower() == "but":
        at += 1
    denial = words[at].said.lower()
    if words[at].quoted or words[at].literal or denial not in NO:
        return [], start
    listing = OR | LISTING.get(DENIALS.get(denial, ""), frozenset())
    ends |= PLACING.get(DENIALS.get(denial, ""), frozenset()) if ends else frozenset()
    if _said(words, at + 1).lower() in NO_PHRASES:
        return [], start
    terms: list[list[str]] = [[]]
    after = at + 1
    for word in _unquoted(words[after:]):
        bare = word.said.lstrip(OPENING).rstrip(PUNCTUATION + CLOSING)
        begins = terms[-1] and word.said.startswith(tuple(OPENING))
        if bare.lower() in ends or bare in SEPARATORS or begins:
            break
        after += 1
        lists = bare.lower() in listing or (bare.lower() in NO and not word.literal)
        if lists and terms[-1]:  # "no kick no snare"
            terms.append([])
        elif bare:
            terms[-1].append(bare)
        if word.ends_with((*STOPS, ":", "…")) or (in_bracket and _closes(word)):
            break
    found = [" ".join(bare) for bare in map(_bare, terms) if bare]
    return (found, after) if found else ([], start)


def _bare(term: list[str]) -> list[str]:
    return list(dropwhile(lambda word: word.lower() in ARTICLES | NO, term))


def _unquoted(words: Sequence[Word]) -> Iterator[Word]:
    for word in words:
        if word.quoted:
            return
        yield word
