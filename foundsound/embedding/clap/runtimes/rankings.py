"""Does another text tower rank sounds as the reference does?

A query that is a little off changes a ranking only where sounds differ, so the sounds to rank must
differ as the model's own do: 2,000 are drawn from the normal distribution that has the mean and
covariance of its vectors of the fixed sounds. Those are synthetic: a library differs more, so that
fewer of its scores are nearly equal and swap.
"""

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length

MIN_OVERLAP = 0.98
TOP = 10
BANK = 2_000
SEED = 20_261_124


def bank_like(vectors: Floats) -> Floats:
    """Float32 ``[2000, dim]``, unit length, spread like ``vectors`` ``[n, dim]``."""
    mean = vectors.mean(axis=0)
    weights = np.random.default_rng(SEED).standard_normal((BANK, len(vectors)))
    return unit_length(mean + weights @ (vectors - mean) / np.sqrt(len(vectors)))


def top_overlap(found: Floats, expected: Floats, bank: Floats) -> float:
    """Mean share of the ten best of ``bank`` that two sets of queries ``[n, dim]`` agree on."""
    pairs = zip(_best(found, bank), _best(expected, bank), strict=True)
    return float(np.mean([len(set(one) & set(other)) / TOP for one, other in pairs]))


def _best(queries: Floats, bank: Floats) -> list[list[int]]:
    scores = queries @ bank.T
    if not np.isfinite(scores).all():
        return [[] for _ in queries]  # agrees with nothing
    best: list[list[int]] = np.argpartition(-scores, TOP, axis=1)[:, :TOP].tolist()
    return best
