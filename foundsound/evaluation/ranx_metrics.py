"""Retrieval figures of each query, computed by ranx (Bassani 2022)."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from foundsound.errors import FoundsoundError
from foundsound.evaluation.dataset import RIGHT

METRICS = {
    "hit@1": "hit_rate@1",
    "hit@5": "hit_rate@5",
    "hit@10": "hit_rate@10",
    "R@1": "recall@1",
    "R@5": "recall@5",
    "R@10": "recall@10",
    "mAP@10": "map@10",
    "nDCG@10": "ndcg@10",
}
# Of grades: the gain is the grade itself, and a sound of grade 1 is no right answer.
GRADED_METRICS = {
    "nDCG@10": "ndcg@10",
    "R@10": f"recall@10-l{RIGHT}",
    "MRR@10": f"mrr@10-l{RIGHT}",
}
DEPTH = 10  # places that these look at


def retrieval_values(
    ranked: NDArray[np.intp], right: Sequence[frozenset[int]], cache_dir: Path
) -> dict[str, NDArray[np.float64]]:
    """Every figure of ``METRICS``, for each query.

    Args:
        ranked: ``[queries, ≤ DEPTH]``, numbers of the sounds that were found, best first.
        right: of each query the numbers of its right sounds, at least one.
        cache_dir: where what ranx imports may leave files.

    Raises:
        FoundsoundError: ranx is not installed.
    """
    with _ranx(cache_dir) as ranx:
        qrels = ranx.Qrels({_key(q): {str(s): 1 for s in ids} for q, ids in enumerate(right)})
        run = ranx.Run({_key(q): _falling(found) for q, found in enumerate(ranked)})
        values = ranx.evaluate(qrels, run, list(METRICS.values()), return_mean=False)
        return {name: np.asarray(values[metric]) for name, metric in METRICS.items()}


def graded_values(
    ranked: Sequence[Sequence[str]], grades: Sequence[Mapping[str, int]], cache_dir: Path
) -> dict[str, NDArray[np.float64]]:
    """Every figure of ``GRADED_METRICS``, for each query.

    Args:
        ranked: of each query the ids that were found, best first; none is possible.
        grades: of each query the grades of the ids that answer it, one at least of them ``RIGHT``.
        cache_dir: see :func:`retrieval_values`.

    Raises:
        FoundsoundError: ranx is not installed.
    """
    with _ranx(cache_dir) as ranx:
        qrels = ranx.Qrels({_key(q): dict(of_one) for q, of_one in enumerate(grades)})
        # ranx takes no empty list; an id that nobody knows finds nothing either.
        found = ({id_: float(-at) for at, id_ in enumerate(ids or [""])} for ids in ranked)
        run = ranx.Run({_key(q): of_one for q, of_one in enumerate(found)})
        values = ranx.evaluate(qrels, run, list(GRADED_METRICS.values()), return_mean=False)
        return {name: np.asarray(values[metric]) for name, metric in GRADED_METRICS.items()}


def check_ranx(cache_dir: Path) -> None:
    """Import ranx, which takes seconds, before any work depends on it.

    Raises:
        FoundsoundError: it is not installed.
    """
    with _ranx(cache_dir):
        pass


def _key(query: int) -> str:
    """ranx sorts queries as text, and gives back values in that order."""
    return f"{query:09}"


def _falling(found: NDArray[np.intp]) -> dict[str, float]:
    """Scores without ties, so that ranx keeps our order."""
    return {str(sound): float(len(found) - place) for place, sound in enumerate(found)}


@contextmanager
def _ranx(cache_dir: Path) -> Iterator[ModuleType]:
    """The module, run as plain Python: compiling it takes 36 s, and our lists are ten long.

    Two libraries that it imports for other purposes make folders at once; these belong to us.
    """
    homes = {"IR_DATASETS_HOME": "ir_datasets", "MPLCONFIGDIR": "matplotlib"}
    unset = [name for name in homes if name not in os.environ]
    for name in unset:
        os.environ[name] = str(cache_dir / "ranx" / homes[name])
    try:
        numba = import_module("numba")
        compiled = numba.config.DISABLE_JIT
        numba.config.DISABLE_JIT = 1
        try:
            yield import_module("ranx")
        finally:
            numba.config.DISABLE_JIT = compiled
    except ImportError as error:
        raise FoundsoundError(
            f"foundsound eval computes its figures with ranx, which is not installed ({error}): "
            "pip install 'foundsound[eval]'"
        ) from error
    finally:
        for name in unset:
            del os.environ[name]
