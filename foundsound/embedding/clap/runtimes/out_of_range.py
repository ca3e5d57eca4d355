"""Sounds beyond what numbers hold: some runtimes give them vectors that look like any other."""

import numpy as np

from foundsound.embedding.embedder import Floats


def without_vectors(found: Floats, mel: Floats) -> Floats:
    """The vectors, float32 ``[n, dim]``, NaN for each whose log-mel is not finite.

    As torch gives them; whoever stores vectors refuses those.

    Args:
        mel: float32 ``[n, channels, 1001, 64]``, whose channels are one, repeated.
    """
    found[~np.isfinite(mel[:, 0]).all((1, 2))] = np.nan
    return found
