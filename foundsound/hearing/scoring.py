"""How windows score with labels: cosines, strengths, and a softmax over the labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, Field

from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.hearing.label_vectors import STANDS_OUT, LabelVectors, TextScale, text_scale

NONE_OF_THESE = "none of these"


class LabelScore(BaseModel):
    """How a sound fits one label."""

    label: str = Field(examples=["dog barking"])
    score: float = Field(
        description="Softmax over the labels with the model's logit scale, 0 to 1.",
        examples=[0.83],
    )
    cosine: float | None = Field(
        description="Of the window that fits best; null for 'none of these', which is no sound."
    )
    strength: float | None = Field(
        description="How far the cosine lies above what unlike sounds score with this label, in "
        f"background deviations; from {STANDS_OUT} on a text stands out.",
        examples=[4.2],
    )
    heard: bool = Field(description="It stands out, an enrolled sound by its own threshold.")
    start_s: float | None = Field(description="Where the best window lies.")
    end_s: float | None


@dataclass(frozen=True)
class Span:
    """Where a window lies in its sound, in seconds."""

    start_s: float
    end_s: float


class LabelScorer:
    """Scores windows against labels; see :mod:`foundsound.hearing.label_vectors`.

    Args:
        logit_scale: the model's.
        none_of_these: beside the labels, none of them is a choice. It scores as the best label
            would if it stood out by nothing more than it must, so it wins whenever that one
            does not stand out.
    """

    def __init__(
        self,
        labels: LabelVectors,
        logit_scale: float,
        calibration: Calibration,
        *,
        none_of_these: bool = False,
    ) -> None:
        self.labels = labels
        self._logit_scale = logit_scale
        self._scale: TextScale = text_scale(calibration)
        self._none = none_of_these

    def scores(self, windows: Floats, spans: Sequence[Span]) -> list[LabelScore]:
        """A sound's scores, best first.

        Args:
            windows: float32 ``[n, dim]``, at least one, and where each lies.
        """
        cosines = self.labels.cosines(windows)
        at = cosines.argmax(axis=0)
        best = cosines.max(axis=0)
        strengths = self.labels.strengths(best)
        heard = best >= self.labels.stands_out
        comparable = self.comparable(best)
        chances = self.softmax(comparable)
        scores = [
            LabelScore(
                label=name,
                score=float(chances[label]),
                cosine=float(best[label]),
                strength=float(strengths[label]),
                heard=bool(heard[label]),
                start_s=spans[at[label]].start_s,
                end_s=spans[at[label]].end_s,
            )
            for label, name in enumerate(self.labels.names)
        ]
        if self._none:
            scores.append(_none_of_these(float(chances[-1])))
        return sorted(scores, key=lambda score: -score.score)

    def comparable(self, cosines: Floats) -> Floats:
        """Cosines ``[..., labels]`` on one scale, for labels of several kinds."""
        if self.labels.texts_only:
            return cosines
        return self.labels.on_one_scale(cosines, self._scale)

    def softmax(self, comparable: Floats) -> Floats:
        """Chances ``[labels]`` of one sound, and that of none behind them if it is a choice."""
        if self._none:
            first = int(comparable.argmax())
            limits = self.comparable(self.labels.stands_out)
            comparable = np.append(comparable, limits[first])
        logits = self._logit_scale * (comparable - comparable.max())
        return np.asarray(np.exp(logits) / np.exp(logits).sum(), np.float32)


def _none_of_these(score: float) -> LabelScore:
    return LabelScore(
        label=NONE_OF_THESE,
        score=score,
        cosine=None,
        strength=None,
        heard=False,
        start_s=None,
        end_s=None,
    )
