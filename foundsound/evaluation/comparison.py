"""Figures of several models over the same queries and sounds."""

from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats
from foundsound.evaluation.report import Figure, Value
from foundsound.evaluation.sounds import Labels
from foundsound.evaluation.tasks import SoundToSound, Task, TextToSound, Values, ZeroShot
from foundsound.evaluation.vectors import VectorTable


class Comparison:
    """Takes the vectors of one model after the other, and keeps only values.

    Args:
        labels: what is right.
        cache_dir: see :func:`~foundsound.evaluation.ranx_metrics.retrieval_values`.
    """

    def __init__(self, labels: Labels, cache_dir: Path) -> None:
        self._retrieval = TextToSound(labels.right, len(labels.own), cache_dir)
        self._zero_shot = ZeroShot(labels.own, len(labels.right))
        self._neighbours = SoundToSound(labels.own, labels.right)
        self._values: dict[str, tuple[Values, Values, Values]] = {}

    def add(self, model: str, table: VectorTable, texts: Floats) -> list[tuple[int, int]]:
        """Judge a model by its vectors of all sounds, and of all queries ``[queries, dim]``.

        Returns:
            of each query the place, from 1, of its first right sound, and the sound on top.
        """
        retrieved, places = self._retrieval.values(table, texts)
        chosen, near = self._zero_shot.values(table, texts), self._neighbours.values(table)
        self._values[model] = (retrieved, chosen, near)
        return places

    def figures(self) -> list[Figure]:
        """Every figure of the models added so far."""
        tasks: tuple[Task, ...] = (self._retrieval, self._zero_shot, self._neighbours)
        figures = []
        for place, task in enumerate(tasks):
            by_model = {model: values[place] for model, values in self._values.items()}
            for name, sample in next(iter(by_model.values())).items():
                level = task.level(name)
                values = {model: _value(of_one[name]) for model, of_one in by_model.items()}
                figures.append(
                    Figure(
                        task=task.name,
                        name=name,
                        n=len(sample),
                        chance=level.chance,
                        best=level.best,
                        values=values,
                    )
                )
        return figures


def _value(values: NDArray[np.float64]) -> Value:
    error = float(values.std(ddof=1)) / sqrt(len(values)) if len(values) > 1 else None
    return Value(mean=float(values.mean()), error=error)
