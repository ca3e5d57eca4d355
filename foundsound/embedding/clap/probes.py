"""Fixed inputs, and how far a runtime's vectors may be from the reference's on them."""

import logging
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from foundsound.embedding.clap.runtimes.fixed_sounds import fixed_sounds
from foundsound.embedding.clap.towers import AudioTower, FrontEnd, Mel
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.errors import ModelError

MIN_AGREEMENT = 0.9995  # cosine with the float32 reference, of every fixed input
log = logging.getLogger(__name__)


def fixed_mels(frontend: FrontEnd, at_once: int) -> list[Mel]:
    """Log-mels of the fixed sounds, ``at_once`` in a batch ``[at_once, channels, 1001, 64]``."""
    sounds = fixed_sounds()
    return [frontend(sounds[i : i + at_once]) for i in range(0, len(sounds), at_once)]


def fixed_vectors(tower: AudioTower, mels: Sequence[Mel]) -> Floats:
    """What a tower makes of batches of log-mels; float32 ``[n, dim]``, unit length."""
    return unit_length(np.concatenate([np.asarray(tower.embed(mel)) for mel in mels]))


def agreement(tower: AudioTower, reference: Floats, mels: Sequence[Mel]) -> float:
    """Smallest cosine between a tower's :func:`fixed_vectors` and the reference's."""
    return float((fixed_vectors(tower, mels) * reference).sum(axis=1).min())


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
    candidates: Iterable[Callable[[], AudioTower]], reference: AudioTower, mels: Sequence[Mel]
) -> AudioTower:
    """The first candidate that agrees with the reference; the reference itself when none does.

    Args:
        candidates: made one at a time, so that two are never in memory.
    """
    expected = fixed_vectors(reference, mels)
    for make in candidates:
        candidate = _if_it_agrees(make, expected, mels)
        if candidate is not None:
            return candidate
    return reference


def _if_it_agrees(
    make: Callable[[], AudioTower], expected: Floats, mels: Sequence[Mel]
) -> AudioTower | None:
    try:
        candidate = make()
        found = agreement(candidate, expected, mels)
    except RuntimeError as error:  # of a GPU without its kernels, or without room for it
        log.info("CLAP is not run in half precision: %s", error)
        return None
    return candidate if found >= MIN_AGREEMENT else None
