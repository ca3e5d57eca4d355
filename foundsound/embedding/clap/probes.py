"""Fixed inputs, and how far a runtime's vectors may be from the reference's on them."""

from collections.abc import Iterable

import numpy as np

from foundsound.embedding.clap.towers import AudioTower, FrontEnd, Mel
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.self_check import check_signals
from foundsound.errors import ModelError

MIN_AGREEMENT = 0.9995  # cosine with the float32 reference, of every fixed input


def fixed_mel(frontend: FrontEnd) -> Mel:
    """The log-mel of the self-check's signals, ``[n, channels, 1001, 64]``."""
    return frontend(check_signals(48_000))


def agreement(tower: AudioTower, reference: Floats, mel: Mel) -> float:
    """Smallest cosine between a tower's vectors and the reference's, ``[n, dim]``, unit length."""
    return float((unit_length(tower.embed(mel)) * reference).sum(axis=1).min())


def require_agreement(runtime: str, found: float) -> None:
    """Refuse a runtime that would mix other vectors into the space.

    Args:
        found: its :func:`agreement`.

    Raises:
        ModelError: its vectors differ.
    """
    if not found >= MIN_AGREEMENT:  # so that NaN fails
        raise ModelError(
            f"The runtime {runtime} does not agree with the reference on this machine (cosine "
            f"{found:.4f}, at least {MIN_AGREEMENT} is needed): choose another."
        )


def first_in_agreement(
    candidates: Iterable[AudioTower], reference: AudioTower, mel: Mel
) -> AudioTower:
    """The first candidate that agrees with the reference; the reference itself when none does."""
    expected: Floats = unit_length(np.asarray(reference.embed(mel)))
    for candidate in candidates:
        if agreement(candidate, expected, mel) >= MIN_AGREEMENT:
            return candidate
    return reference
