"""The reviewed tables: what each file is, its UCS category, and what people ask for.

All patterns are regular expressions. Those over paths are searched in ``package/path`` without
suffix, in lower case; those over labels match whole words, with or without a plural s.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from training.captions import caption


@dataclass(frozen=True)
class Asked:
    """A query, its kind, and the labels that answer it: exactly, well, or better than nothing."""

    query: str
    kind: str
    patterns: tuple[tuple[int, re.Pattern[str]], ...]  # with the grade, best first
    unwanted: re.Pattern[str] | None

    def grade(self, label: str) -> int:
        """3, 2, 1, or 0 for what does not fit or is not wanted."""
        if self.unwanted is not None and self.unwanted.search(label):
            return 0
        return next((grade for grade, pattern in self.patterns if pattern.search(label)), 0)


def label(path: str) -> str | None:
    """What a listener would call the sound at ``package/path``; None when its name does not tell.

    ``labels.tsv`` first (first match wins, ``-`` is None), then the captions of the training.
    """
    lowered = str(PurePosixPath(path).with_suffix("")).lower()
    for pattern, template in _labels():
        match = pattern.search(lowered)
        if match:
            return None if template == "-" else match.expand(template)
    return caption(path)


def cat_id(label: str) -> str | None:
    """The UCS category of a label, by ``ucs.tsv``; the first match wins."""
    return next((id_ for pattern, id_ in _categories() if pattern.search(label)), None)


@cache
def queries() -> tuple[Asked, ...]:
    """``queries.tsv``, in its order."""
    return tuple(
        Asked(
            row["query"],
            row["kind"],
            tuple(
                (grade, _words(row[column]))
                for grade, column in ((3, "exact"), (2, "good"), (1, "related"))
                if row[column]
            ),
            _words(row["not"]) if row["not"] else None,
        )
        for row in _table("queries.tsv")
    )


@cache
def _labels() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"]), row["label"]) for row in _table("labels.tsv"))


@cache
def _categories() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_words(row["pattern"]), row["cat_id"]) for row in _table("ucs.tsv"))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})s?\b")


def _table(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
