"""Texts that nothing answers, and the counting of answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from benchmarks.quality.rules import queries
from benchmarks.unanswered import ELSEWHERE, share_answered, unanswerable
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher


@dataclass
class Result:
    answered: bool


@dataclass
class Answering:
    """Answers some texts by ear, and some by words alone."""

    heard: Sequence[str]
    said: Sequence[str]

    def search(self, query: Query) -> Result:
        by_words = query.mode == "hybrid" and query.text in self.said
        return Result(query.text in self.heard or by_words)


def test_shares() -> None:
    searcher = cast(Searcher, Answering(heard=["rain"], said=["wind", "rain"]))
    texts = ["rain", "wind", "xkcd", "tax form"]
    assert share_answered(searcher, texts, "dense") == 0.25
    assert share_answered(searcher, texts, "hybrid") == 0.5


def test_texts_of_no_sound_are_none_of_the_labelled_queries() -> None:
    texts = unanswerable()
    assert list(texts) == ["letters", "no sound", ELSEWHERE]
    every = [text for of_kind in texts.values() for text in of_kind]
    assert len(every) == len(set(every)) > 100
    assert not set(every) & {asked.query for asked in queries()}
