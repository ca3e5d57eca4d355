"""ranx's figures are those that we mean, computed by hand here."""

import os
import subprocess
import sys
from math import log2
from pathlib import Path

import numpy as np
import pytest

from foundsound.evaluation.ranx_metrics import METRICS, retrieval_values


def test_figures_of_three_queries(cache_dir: Path) -> None:
    ranked = np.array(
        [
            [4, 0, 1, 9, 2, 11, 3, 5, 6, 7],  # right at places 2 and 6
            [8, 1, 2, 3, 4, 5, 6, 7, 0, 9],  # right at place 1
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],  # right one not among them
        ]
    )
    right = [frozenset({0, 11, 12}), frozenset({8}), frozenset({0})]
    values = retrieval_values(ranked, right, cache_dir)
    assert list(values) == list(METRICS)
    discounts = [1 / log2(place + 1) for place in range(1, 11)]
    expected = {
        "hit@1": [0, 1, 0],
        "hit@5": [1, 1, 0],
        "hit@10": [1, 1, 0],
        "R@1": [0, 1, 0],
        "R@5": [1 / 3, 1, 0],
        "R@10": [2 / 3, 1, 0],
        "mAP@10": [(1 / 2 + 2 / 6) / 3, 1, 0],
        "nDCG@10": [(discounts[1] + discounts[5]) / sum(discounts[:3]), 1, 0],
    }
    for name, by_query in expected.items():
        assert values[name] == pytest.approx(by_query), name


def test_more_than_ten_queries_stay_in_order(cache_dir: Path) -> None:
    ranked = np.tile(np.arange(10), (12, 1))
    right = [frozenset({query if query < 10 else 99}) for query in range(12)]
    values = retrieval_values(ranked, right, cache_dir)
    expected = [1 / (query + 1) if query < 10 else 0 for query in range(12)]
    assert values["mAP@10"] == pytest.approx(expected)


def test_a_pool_smaller_than_ten(cache_dir: Path) -> None:
    values = retrieval_values(np.array([[1, 0]]), [frozenset({0})], cache_dir)
    assert {name: float(value[0]) for name, value in values.items()} == pytest.approx(
        {"hit@1": 0, "hit@5": 1, "hit@10": 1, "R@1": 0, "R@5": 1, "R@10": 1}
        | {"mAP@10": 1 / 2, "nDCG@10": 1 / log2(3)}
    )


def test_importing_it_leaves_files_in_the_cache_folder_alone(tmp_path: Path) -> None:
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir()
    program = (
        "import sys, pathlib; from foundsound.evaluation.ranx_metrics import check_ranx; "
        "check_ranx(pathlib.Path(sys.argv[1]))"
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "IR_", "MPL"))}
    environment = kept | {"HOME": str(home), "PYTHONWARNINGS": "error"}
    subprocess.run(
        [sys.executable, "-c", program, str(cache)], env=environment, check=True, timeout=240
    )
    assert list(home.iterdir()) == []
