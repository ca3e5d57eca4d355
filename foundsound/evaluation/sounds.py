"""From files to sounds: equal contents are one sound, as in the index."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from foundsound.catalog.identity import content_id
from foundsound.errors import FileUnavailable
from foundsound.evaluation.dataset import Dataset

Problems = dict[Path, str]  # files that cannot be used, and why


@dataclass(frozen=True)
class Sound:
    """One audio content and the numbers of the queries that it answers; none = a distractor."""

    id: str
    paths: tuple[Path, ...]
    queries: frozenset[int]


def gather_sounds(
    dataset: Dataset, pool: Iterable[Path], max_bytes: int, tick: Callable[[], None]
) -> tuple[list[Sound], Problems]:
    """The sounds of a dataset and of ``pool``, in the order of their content hashes.

    That order decides between equal scores: the same on every machine, and blind to what is right.

    Args:
        pool: further files, which answer no query unless the dataset says so.
        tick: called after each file.
    """
    named: dict[str, Path] = {}  # the first name of each file, by its real path
    queries: dict[str, set[int]] = {}
    for number, paths in enumerate(dataset.answers.values()):
        for path in paths:
            queries.setdefault(_real(path, named), set()).add(number)
    for path in pool:
        queries.setdefault(_real(path, named), set())
    problems: Problems = {}
    files: dict[str, list[str]] = {}
    for real, path in named.items():
        try:
            files.setdefault(content_id(os.fsencode(path), max_bytes), []).append(real)
        except FileUnavailable as error:
            problems[path] = str(error)
        tick()
    sounds = [
        Sound(
            id_,
            tuple(named[real] for real in reals),
            frozenset[int]().union(*(queries[real] for real in reals)),
        )
        for id_, reals in sorted(files.items())
    ]
    return sounds, problems


def _real(path: Path, named: dict[str, Path]) -> str:
    real = os.path.realpath(path)
    named.setdefault(real, path)
    return real


@dataclass(frozen=True)
class Labels:
    """What is right among sounds ``0…n-1`` and the queries that any of them answers."""

    queries: list[int]  # their numbers in the dataset; below they are numbered 0…q-1
    own: list[frozenset[int]]  # of each sound the queries that it answers
    right: list[frozenset[int]]  # of each query the sounds that answer it, at least one


def label_sounds(sounds: Sequence[Sound]) -> Labels:
    """Who answers whom; a query that no sound answers is no choice, and is left out."""
    queries = sorted(frozenset[int]().union(*(sound.queries for sound in sounds)))
    numbers = {query: number for number, query in enumerate(queries)}
    own = [frozenset(numbers[query] for query in sound.queries) for sound in sounds]
    right: list[set[int]] = [set() for _ in queries]
    for sound, answered in enumerate(own):
        for query in answered:
            right[query].add(sound)
    return Labels(queries, own, [frozenset(answers) for answers in right])
