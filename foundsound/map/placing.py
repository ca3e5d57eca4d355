"""Vectors in the plane: all of them anew, or a few among those that are there.

Whole layouts are by UMAP (McInnes et al. 2018, https://arxiv.org/abs/1802.03426) where umap-learn
is installed, else by principal components. A sound that comes later lies at the mean of its nearest
neighbours' places, where a transformation by UMAP begins too: no fitted model needs to be kept, and
what was there stays where it was.
"""

import importlib.util

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats, unit_length

SEED = 8
NEIGHBOURS = 15
LEAST = 2 * NEIGHBOURS  # fewer sounds have too few neighbours for UMAP
DIMENSIONS = 64  # of principal components that UMAP sees: as good, and several times as fast
AT_ONCE = 512  # sounds compared with all others at a time


def lay_out(vectors: Floats) -> tuple[Floats, str]:
    """Points of float32 ``[n, dim]``, as float32 ``[n, 2]`` from 0 to 1, and the method's name."""
    if len(vectors) >= LEAST and importlib.util.find_spec("umap"):
        return _scaled(_umap(_components(vectors, DIMENSIONS))), "umap"
    return _scaled(_components(vectors, 2)), "pca"


def place(vectors: Floats, known: Floats, points: Floats) -> Floats:
    """Points of ``vectors`` among ``points``, where ``known`` lie; none leaves their range."""
    placed = np.zeros((len(vectors), 2), np.float32)
    count = min(NEIGHBOURS, len(known))
    there = unit_length(known)
    for start in range(0, len(vectors), AT_ONCE):
        cosines = unit_length(vectors[start : start + AT_ONCE]) @ there.T
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(cosines, nearest, axis=1)
        # Steep: the nearest few decide, as distances in high dimensions are much alike.
        weights = np.exp((near - near.max(axis=1, keepdims=True)) / 0.02)
        weights /= weights.sum(axis=1, keepdims=True)
        placed[start : start + AT_ONCE] = np.einsum("nk,nkd->nd", weights, points[nearest])
    return placed


def _umap(vectors: Floats) -> Floats:
    import umap

    model = umap.UMAP(n_neighbors=NEIGHBOURS, min_dist=0.1, init="pca", random_state=SEED, n_jobs=1)
    return np.asarray(model.fit_transform(vectors), np.float32)


def _components(vectors: Floats, count: int) -> Floats:
    """The first principal components, ``[n, count]``; zero where there are not so many."""
    centred = vectors.astype(np.float32) - vectors.mean(axis=0, dtype=np.float64)
    spread: NDArray[np.float64] = centred.T @ centred
    _, axes = np.linalg.eigh(spread)  # of ascending spread
    chosen = axes[:, ::-1][:, :count]
    # An axis may point either way: its largest part is positive, on every machine.
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(chosen.shape[1])])
    found = np.zeros((len(vectors), count), np.float32)
    found[:, : chosen.shape[1]] = centred @ (chosen * signs)
    return found


def _scaled(points: Floats) -> Floats:
    low = points.min(axis=0)
    size = float((points.max(axis=0) - low).max()) or 1.0
    return np.asarray((points - low) / size, np.float32)
