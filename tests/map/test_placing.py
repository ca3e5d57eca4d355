"""Alike sounds lie together, the same way every time."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.map.keeper import COMMAND
from foundsound.map.placing import lay_out, place

GROUPS = 4


def groups(count: int, seed: int = 0) -> tuple[Floats, NDArray[np.int64]]:
    """Unit vectors around four centres, and which centre each belongs to."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(9).standard_normal((GROUPS, 96)).astype(np.float32)
    group = np.arange(count, dtype=np.int64) % GROUPS
    noise = 0.3 * rng.standard_normal((count, 96)).astype(np.float32)
    return unit_length(centres[group] + noise), group


def own_group(points: Floats, group: NDArray[np.int64]) -> float:
    """The share of sounds whose nearest neighbour in the plane is of their group."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return float((group[apart.argmin(axis=1)] == group).mean())


def test_few_sounds_are_laid_out_by_components() -> None:
    vectors, group = groups(20)
    points, method = lay_out(vectors)
    assert method == "pca"
    assert own_group(points, group) > 0.9
    assert points.min() == 0
    assert points.max() == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_sounds_are_no_trouble(count: int) -> None:
    if count:
        points, _ = lay_out(groups(count)[0])
        assert points.shape == (count, 2)
        assert np.isfinite(points).all()
    assert place(groups(count)[0], *(groups(8)[0], np.ones((8, 2), np.float32))).shape == (count, 2)


def test_a_new_sound_lies_among_its_like() -> None:
    vectors, group = groups(80)
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    new, of = groups(40, seed=1)
    points = place(new, vectors, corners[group])
    assert np.abs(points - corners[of]).max() < 0.2


def test_umap_gives_the_same_map_in_two_processes(tmp_path: Path) -> None:
    pytest.importorskip("umap", reason="pip install -c constraints.txt -e '.[map]'")
    vectors, group = groups(200)
    np.savez(tmp_path / "asked.npz", vectors=vectors.astype(np.float16))
    names = ("first.npz", "second.npz")
    processes = [  # side by side: each compiles for a minute
        subprocess.Popen(
            [*COMMAND, str(tmp_path / "asked.npz"), str(tmp_path / name)],
            stdin=subprocess.PIPE,
            stderr=sys.stderr,
        )
        for name in names
    ]
    maps = []
    for name, process in zip(names, processes, strict=True):
        assert process.wait(400) == 0
        assert process.stdin is not None
        process.stdin.close()
        with np.load(tmp_path / name) as told:
            assert str(told["method"]) == "umap"
            maps.append(told["points"])
    assert own_group(maps[0], group) > 0.9
    assert np.array_equal(*maps)
