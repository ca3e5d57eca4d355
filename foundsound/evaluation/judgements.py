"""Grades of sounds, from the grades of files; and the figures of what a search finds for them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundsound.evaluation.chance import (
    Level,
    graded_ndcg_level,
    recall_level,
    reciprocal_rank_level,
)
from foundsound.evaluation.dataset import RIGHT, Dataset
from foundsound.evaluation.ranx_metrics import DEPTH, graded_values
from foundsound.evaluation.report import Value
from foundsound.evaluation.search_report import Gain, SearchFigure
from foundsound.evaluation.sounds import Sound

ALL = "all"
HYBRID = "hybrid"  # the mode that is to be ahead of the others
Values = dict[str, NDArray[np.float64]]  # by figure, one for each query


@dataclass(frozen=True)
class Judgements:
    """What is right.

    Args:
        queries: as a person types them.
        grades: of each query the grades of sounds, by id.
        groups: rows of ``queries`` by the name of their group; all of them are "all".
        total: sounds that are ranked.
    """

    queries: list[str]
    grades: list[dict[str, int]]
    groups: dict[str, list[int]]
    total: int

    def values(self, ranked: Sequence[Sequence[str]], cache_dir: Path) -> Values:
        """Figures of each query, from the ids that were found for it, best first."""
        return graded_values(ranked, self.grades, cache_dir)

    def figures(self, by_mode: Mapping[str, Values]) -> list[SearchFigure]:
        """Every figure of every group, from each mode's values."""
        names = list(next(iter(by_mode.values())))
        return [
            self._figure(name, group, {mode: values[name] for mode, values in by_mode.items()})
            for group in self.groups
            for name in names
        ]

    def _figure(
        self, name: str, group: str, by_mode: Mapping[str, NDArray[np.float64]]
    ) -> SearchFigure:
        rows = self.groups[group]
        level = self._level(name, rows)
        chosen = {mode: values[rows] for mode, values in by_mode.items()}
        return SearchFigure(
            name=name,
            group=group,
            n=len(rows),
            chance=level.chance,
            best=level.best,
            values={mode: mean_of(values) for mode, values in chosen.items()},
            gain=_gain(chosen),
        )

    def _level(self, name: str, rows: Sequence[int]) -> Level:
        grades = [list(self.grades[row].values()) for row in rows]
        right = [sum(grade >= RIGHT for grade in of_one) for of_one in grades]
        if name.startswith("nDCG"):
            return graded_ndcg_level(grades, self.total, DEPTH)
        level = reciprocal_rank_level if name.startswith("MRR") else recall_level
        return level(right, self.total, DEPTH)


def judge_sounds(dataset: Dataset, sounds: Sequence[Sound]) -> Judgements:
    """Grades by sound; a copy has the better grade of its files. Queries without a right sound
    among ``sounds`` are left out.
    """
    ids = {os.path.realpath(path): sound.id for sound in sounds for path in sound.paths}
    queries, grades = [], []
    for query in dataset.answers:
        of_one: dict[str, int] = {}
        for path, grade in dataset.graded(query).items():
            id_ = ids.get(os.path.realpath(path))
            if id_ is not None:
                of_one[id_] = max(grade, of_one.get(id_, 0))
        if any(grade >= RIGHT for grade in of_one.values()):
            queries.append(query)
            grades.append(of_one)
    groups = {ALL: list(range(len(queries)))}
    columns = dict.fromkeys(column for of_one in dataset.groups.values() for column in of_one)
    for column in columns:
        for row, query in enumerate(queries):
            value = dataset.groups.get(query, {}).get(column)
            if value:
                groups.setdefault(f"{column}={value}", []).append(row)
    return Judgements(queries, grades, groups, len(sounds))


def mean_of(values: NDArray[np.float64]) -> Value:
    """The mean and its standard error."""
    error = float(values.std(ddof=1)) / sqrt(len(values)) if len(values) > 1 else None
    return Value(mean=float(values.mean()), error=error)


def _gain(by_mode: Mapping[str, NDArray[np.float64]]) -> Gain | None:
    others = {mode: values for mode, values in by_mode.items() if mode != HYBRID}
    if HYBRID not in by_mode or not others:
        return None
    other = max(others, key=lambda mode: float(others[mode].mean()))
    ours, theirs = by_mode[HYBRID], others[other]
    base = float(theirs.mean())
    share = float(ours.mean()) / base - 1 if base else 0.0
    return Gain(mode=HYBRID, other=other, share=share, difference=mean_of(ours - theirs))
