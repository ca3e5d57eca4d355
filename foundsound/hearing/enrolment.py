"""What an enrolled sound is known by: the mean of its examples, and how near is near enough.

The background is what else there is to hear: windows of the library, and the space's reference
sounds. The threshold lies above 99 of 100 of them. Several examples say how alike two of the kind
are, each compared with the mean of the others: then the threshold is half-way between the
background and the least alike of them. One example says nothing of that; the threshold is then a
third of the way to a perfect match.

How often the threshold is wrong is estimated by leaving each example out: the rest makes prototype
and threshold, from one half of the background; the other half says how often something else is
taken for it, and the example that was left out whether it is found. With one example the latter is
unknown. A library that holds more of the kind makes the former look worse than it is.
"""

from dataclasses import dataclass

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length

ABOVE = 0.99  # of the background's windows
ALONE = 1 / 3  # of the way from there to cosine 1, for a single example
SAME = 0.999  # a window this alike is one of an example itself
LEAST_BACKGROUND = 40  # windows; with fewer, false accepts are unknown
LEAST_DEVIATION = 1e-3
MOST_BACKGROUND = 4000


@dataclass(frozen=True)
class Prototype:
    """An enrolled sound in one space."""

    vector: Floats
    """float32 ``[dim]``, unit length."""
    examples: int
    threshold: float
    """Cosine; a window that reaches it is the sound."""
    background_mean: float
    background_deviation: float
    false_accept: float | None
    """Estimated share of other windows that are taken for it; None: unknown."""
    false_reject: float | None
    """Estimated share of its own kind that is missed; None: unknown."""

    def cosines(self, windows: Floats) -> Floats:
        """Of windows ``[n, dim]`` with the prototype, ``[n]``."""
        return np.asarray(windows @ self.vector, np.float32)

    def strength(self, cosine: float) -> float:
        """Background deviations above the background's mean."""
        return (cosine - self.background_mean) / self.background_deviation


def prototype(examples: Floats, background: Floats, own: Floats) -> Prototype:
    """Learn a sound from examples ``[n, dim]``, at least one, and a background ``[m, dim]``.

    Args:
        own: windows ``[k, dim]`` of the examples, which are left out of the background.
    """
    windows = np.concatenate([examples, own])
    others = background[(background @ windows.T).max(axis=1) < SAME]
    if not len(others):
        others = background
    vector = unit_length(examples.mean(axis=0))
    scores = others @ vector
    accept, reject = _estimates(examples, others)
    return Prototype(
        vector=vector,
        examples=len(examples),
        threshold=_threshold(examples, scores),
        background_mean=float(scores.mean()),
        background_deviation=max(float(scores.std()), LEAST_DEVIATION),
        false_accept=accept,
        false_reject=reject,
    )


def _threshold(examples: Floats, background: Floats) -> float:
    """From the background's cosines ``[m]`` with the prototype of ``examples``."""
    floor = float(np.quantile(background, ABOVE))
    if len(examples) == 1:
        return floor + ALONE * (1.0 - floor)
    kin = min(_left_out(examples, at) for at in range(len(examples)))
    return max(floor, (floor + kin) / 2)


def _left_out(examples: Floats, at: int) -> float:
    """Cosine of one example with the mean of the others."""
    rest = unit_length(np.delete(examples, at, axis=0).mean(axis=0))
    return float(examples[at] @ rest)


def _estimates(examples: Floats, background: Floats) -> tuple[float | None, float | None]:
    """False accepts and false rejects, leaving one out."""
    known, unknown = background[::2], background[1::2]
    enough = len(background) >= LEAST_BACKGROUND
    if len(examples) == 1:
        if not enough:
            return None, None
        threshold = _threshold(examples, known @ examples[0])
        return float((unknown @ examples[0] >= threshold).mean()), None
    accepted, missed = [], 0
    for at in range(len(examples)):
        rest = np.delete(examples, at, axis=0)
        vector = unit_length(rest.mean(axis=0))
        threshold = _threshold(rest, known @ vector)
        missed += float(examples[at] @ vector) < threshold
        accepted.append(float((unknown @ vector >= threshold).mean()))
    return float(np.mean(accepted)) if enough else None, missed / len(examples)
