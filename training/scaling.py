"""Scales features and keeps their main directions."""

from dataclasses import dataclass

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter.head import CLIP

DIRECTIONS = 512
OVERSAMPLING = 64
POWER_ITERATIONS = 4


@dataclass(frozen=True)
class Scaling:
    """z-score, clip at five deviations, principal directions, one common scale."""

    mean: Floats
    deviation: Floats
    """``[features]`` each."""
    directions: Floats
    """``[features, 512]``; divided by one number, so that their outputs have unit power."""

    def clipped(self, vectors: Floats) -> Floats:
        """``[n, features]`` in deviations from the mean."""
        return np.asarray(np.clip((vectors - self.mean) / self.deviation, -CLIP, CLIP), np.float32)

    def apply(self, vectors: Floats) -> Floats:
        """``[n, features]`` to ``[n, 512]``."""
        return np.asarray(self.clipped(vectors) @ self.directions, dtype=np.float32)


def fit_scaling(vectors: Floats) -> Scaling:
    """Fit on the training clips' vectors ``[n, features]``."""
    mean = vectors.mean(axis=0)
    deviation = vectors.std(axis=0) + 1e-6
    clipped = np.clip((vectors - mean) / deviation, -CLIP, CLIP)
    directions = principal_directions(clipped, DIRECTIONS)
    power = float(np.sqrt(np.mean(np.square(clipped @ directions))))
    return Scaling(mean, deviation, (directions / power).astype(np.float32))


def principal_directions(rows: Floats, count: int) -> Floats:
    """Leading principal directions as columns, float32 ``[dim, count]``.

    By a random projection and power iterations (Halko et al. 2011): seconds where a full
    decomposition takes minutes. A sign is free; the largest component is made positive.
    """
    random = np.random.default_rng(0)
    centred = np.asarray(rows - rows.mean(axis=0), dtype=np.float32)
    basis = random.normal(size=(rows.shape[1], count + OVERSAMPLING)).astype(np.float32)
    for _ in range(POWER_ITERATIONS):
        basis, _ = np.linalg.qr(centred.T @ (centred @ basis))
    _, _, rotation = np.linalg.svd(centred @ basis, full_matrices=False)
    leading = basis @ rotation[:count].T
    largest = np.abs(leading).argmax(axis=0)
    return np.asarray(leading * np.sign(leading[largest, np.arange(count)]), dtype=np.float32)
