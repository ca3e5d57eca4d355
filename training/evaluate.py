"""Retrieval and zero-shot figures of audio and text vectors on held-out packages."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats

TextEncoder = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True)
class Figures:
    """Shares from 0 to 1; the texts are the clips' own captions or the classes of the table."""

    recall_1: float
    """Caption queries with a right clip first; then among the first 5 and 10."""
    recall_5: float
    recall_10: float
    mean_average_precision: float
    hit_1: float
    """Class queries, such as "dog barking", with a right clip first; then among the first 5."""
    hit_5: float
    zero_shot_1: float
    """Clips whose best class query is right; then among the best 5."""
    zero_shot_5: float
    neighbours_5: float
    """Same-class share of a clip's 5 nearest clips."""
    neighbours_5_across: float
    """The same, counting only clips of other packages."""

    @staticmethod
    def mean(runs: Sequence["Figures"]) -> "Figures":
        """The mean of several runs, figure by figure."""
        names = [field.name for field in fields(Figures)]
        return Figures(**{n: float(np.mean([getattr(run, n) for run in runs])) for n in names})


def evaluate(
    audio: Floats, captions: Sequence[str], packages: Sequence[str], encode: TextEncoder
) -> Figures:
    """Figures of unit vectors ``audio`` [n, dim] whose clips have these captions and packages."""
    package = np.array(packages)
    caption_ranks = _caption_ranks(audio, captions, encode)

    labels = class_labels(captions)
    present = np.flatnonzero(labels.any(axis=0))
    labels = labels[:, present]
    prompts = [_classes()[column][0] for column in present]
    scores = encode(prompts) @ audio.T
    class_ranks = _ranked(scores, labels.T)
    labelled = labels.any(axis=1)
    zero_shot = _ranked(scores.T[labelled], labels[labelled])

    same_class = (labels.astype(np.float32) @ labels.T.astype(np.float32)) > 0
    similarity = audio @ audio.T
    np.fill_diagonal(similarity, -np.inf)
    across = np.where(package[:, None] == package[None], -np.inf, similarity)
    return Figures(
        recall_1=_hits(caption_ranks, 1),
        recall_5=_hits(caption_ranks, 5),
        recall_10=_hits(caption_ranks, 10),
        mean_average_precision=_mean_average_precision(caption_ranks),
        hit_1=_hits(class_ranks, 1),
        hit_5=_hits(class_ranks, 5),
        zero_shot_1=_hits(zero_shot, 1),
        zero_shot_5=_hits(zero_shot, 5),
        neighbours_5=float(_ranked(similarity, same_class)[labelled, :5].mean()),
        neighbours_5_across=float(_ranked(across, same_class)[labelled, :5].mean()),
    )


def evaluate_captions(
    audio: Floats, captions: Sequence[str], encode: TextEncoder
) -> tuple[float, float]:
    """Recall at 5 and mean average precision of the clips' own captions as queries."""
    ranks = _caption_ranks(audio, captions, encode)
    return _hits(ranks, 5), _mean_average_precision(ranks)


def class_labels(captions: Sequence[str]) -> NDArray[np.bool_]:
    """Which of the table's classes each caption belongs to, ``[captions, classes]``."""
    return np.array([[bool(p.search(text)) for _, p in _classes()] for text in captions])


@cache
def _classes() -> list[tuple[str, re.Pattern[str]]]:
    path = Path(__file__).with_name("validation_classes.tsv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["query"], re.compile(row["pattern"])) for row in rows]


def _caption_ranks(
    audio: Floats, captions: Sequence[str], encode: TextEncoder
) -> NDArray[np.bool_]:
    names, queries = np.array(captions), sorted(set(captions))
    relevant = np.array([names == query for query in queries])
    return _ranked(encode(queries) @ audio.T, relevant)


def _ranked(scores: Floats, relevant: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``relevant`` with each row in the order of falling ``scores``."""
    order = np.argsort(-scores, axis=1, kind="stable")
    return np.take_along_axis(relevant, order, axis=1)


def _hits(ranked: NDArray[np.bool_], count: int) -> float:
    return float(ranked[:, :count].any(axis=1).mean())


def _mean_average_precision(ranked: NDArray[np.bool_]) -> float:
    places = [np.flatnonzero(row) for row in ranked]
    return float(np.mean([np.mean(np.arange(1, len(p) + 1) / (p + 1)) for p in places]))
