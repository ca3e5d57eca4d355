"""How much a score says: deviations above what this query scores with unlike sounds.

The mean is the query's own, over the space's reference sounds: some texts suit everything a little.
The deviation is the space's, of texts against sounds or of sounds against sounds; a query of both
has them in the shares that its texts and its sounds have in it. (A query's own deviation over the
references is no measure: with ``starter-bridge`` a text that suits none of them at all would make
every score strong.)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.search.query.parts import Part, TextPart

FULL = 8.0  # deviations that fill the bar; a query by sound may be unable to reach them


@dataclass(frozen=True)
class Scale:
    """Reads the scores of one query."""

    mean: float
    deviation: float

    def strength(self, score: float) -> float:
        """Background deviations above the mean."""
        return (score - self.mean) / self.deviation

    def strengths(self, scores: Floats) -> Floats:
        """The same of many scores."""
        return np.asarray((scores - self.mean) / self.deviation, np.float32)

    def bars(self, scores: Sequence[float]) -> list[float]:
        """:meth:`bar` of the strengths of many scores, to the last digit."""
        strengths = (np.array(scores, np.float64) - self.mean) / self.deviation
        bars: list[float] = np.clip(strengths / self._full, 0.0, 1.0).tolist()
        return bars

    def bar(self, strength: float) -> float:
        """A strength as a length, 0 to 1, full at ``FULL`` deviations or at a perfect match."""
        return min(max(strength / self._full, 0.0), 1.0)

    @cached_property
    def _full(self) -> float:
        return min(FULL, self.reach)

    @property
    def reach(self) -> float:
        """The strength of a perfect match, cosine 1."""
        return self.strength(1.0)


def scale_of(
    calibration: Calibration, parts: Sequence[Part], vectors: Floats, shares: Floats
) -> Scale:
    """The scale of a composed query.

    Args:
        vectors: of the parts, float32 ``[parts, dim]``, unit length.
        shares: float32 ``[parts]``: ``shares @ vectors`` is the query, unit length.
    """
    if all(isinstance(part, TextPart) for part in parts):  # nearly always: half of the steps
        query = shares @ vectors
        length = math.sqrt(float(query @ query))
        return Scale(float(calibration.reference_mean @ query), calibration.text.deviation * length)
    texts = np.array([isinstance(part, TextPart) for part in parts])
    by_text = shares * texts @ vectors
    by_audio = shares * ~texts @ vectors
    # The two vary by themselves: a sound's timbre says little of how it suits a text.
    deviation = np.hypot(
        calibration.text.deviation * np.linalg.norm(by_text),
        calibration.audio.deviation * np.linalg.norm(by_audio),
    )
    mean = float(calibration.reference_mean @ (by_text + by_audio))
    return Scale(mean, float(deviation))
