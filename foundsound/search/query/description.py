"""The words of a typed query: what is described, and after a comma what is not wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

COMMAS = (",", ";")
STOPS = (*COMMAS, ".", "!", "?")
PUNCTUATION = ",;.!?:"  # what ends a word without being part of it
NO = frozenset({"no", "not", "without"})
OR = frozenset({"or", "nor"})


@dataclass(frozen=True)
class Word:
    """A word, or quoted words, of the description."""

    text: str
    quoted: bool = False
    comma: str = ""  # that follows what is no plain word
    start: int = 0  # in the typed text

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


def without_last_comma(words: Sequence[Word]) -> list[Word]:
    """The words without the comma that led to what was taken out."""
    for at in range(len(words) - 1, -1, -1):
        last = words[at]
        text = last.text if last.quoted else last.text.rstrip("".join(COMMAS))
        if text:
            return [*words[:at], Word(text, last.quoted, start=last.start)]
    return []


def split_unwanted(words: Sequence[Word]) -> tuple[list[Word], list[str]]:
    """The description, and the terms of each ``, no this or that`` up to the next comma."""
    wanted: list[Word] = []
    unwanted: list[str] = []
    at = 0
    while at < len(words):
        terms, after = _no_phrase(words, at) if _at_comma(wanted) else ([], at)
        unwanted += terms
        if after == at:
            wanted.append(words[at])
            after += 1
        at = after
    return wanted, unwanted


def _at_comma(wanted: Sequence[Word]) -> bool:
    return bool(wanted) and wanted[-1].ends_with(COMMAS)


def _no_phrase(words: Sequence[Word], start: int) -> tuple[list[str], int]:
    """The terms of the phrase that begins here, and where the text goes on; no terms, no phrase."""
    at = start
    if words[at].said.lower() == "but" and at + 1 < len(words):
        at += 1
    if words[at].quoted or words[at].said.lower() not in NO:
        return [], start
    terms: list[list[str]] = [[]]
    after = at + 1
    for word in _unquoted(words[after:]):
        after += 1
        bare = word.said.rstrip(PUNCTUATION)
        if bare.lower() in OR and terms[-1]:
            terms.append([])
        elif bare:
            terms[-1].append(bare)
        if word.ends_with(STOPS):
            break
    found = [" ".join(term) for term in terms if term]
    return (found, after) if found else ([], start)


def _unquoted(words: Sequence[Word]) -> Iterator[Word]:
    for word in words:
        if word.quoted:
            return
        yield word
