"""Labels as vectors: of their texts, or of what was enrolled, with all that reads their scores.

A label is as near to a window as the nearest of its phrases. Over the space's reference sounds,
which have nothing to do with it, a text label has a mean of its own; a label stands out where it
lies ``STANDS_OUT`` background deviations above it. What was enrolled is compared with other sounds,
whose cosines lie elsewhere: such a label is put on the scale of texts so that its threshold is
where a text stands out, and a deviation is a deviation.

Measured with ``starter`` on the demo library, labels drawn from its 127 descriptions: with a right
one among three labels, the best one stands out for 0.85 of the sounds and is the right one for
0.94; with three wrong ones, none stands out for 0.86. With ten labels 0.88, 0.82 and 0.64; with
``starter-bridge`` 0.76, 0.93, 0.93 and 0.79, 0.83, 0.83.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.glossary.translate import translation
from foundsound.hearing.enrolment import Prototype
from foundsound.hearing.labels import PLACE, Label, phrases_of

STANDS_OUT = 2.5  # background deviations

EmbedText = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True)
class LabelVectors:
    """Labels of one space, in order."""

    names: tuple[str, ...]
    phrases: Floats
    """float32 ``[phrases, dim]``, unit length."""
    starts: NDArray[np.int64]
    """Row at which each label's phrases begin, ``[labels]``."""
    mean: Floats
    """Background of each label, cosine, ``[labels]``."""
    deviation: Floats
    stands_out: Floats
    """The cosine from which on each label is heard, ``[labels]``."""
    texts_only: bool
    """Bare cosines can be compared, as the model was trained to."""

    def cosines(self, windows: Floats) -> Floats:
        """Of windows ``[n, dim]`` with every label, ``[n, labels]``."""
        return np.maximum.reduceat(windows @ self.phrases.T, self.starts, axis=1)

    def strengths(self, cosines: Floats) -> Floats:
        """Background deviations above each label's own mean; ``[..., labels]`` likewise."""
        return np.asarray((cosines - self.mean) / self.deviation, np.float32)

    def on_one_scale(self, cosines: Floats, text: "TextScale") -> Floats:
        """Cosines as they can be compared between texts and enrolled sounds."""
        beyond = (cosines - self.stands_out) / self.deviation
        return np.asarray(text.stands_out + beyond * text.deviation, np.float32)


@dataclass(frozen=True)
class TextScale:
    """Where texts of a space stand out."""

    stands_out: float
    deviation: float


def text_scale(calibration: Calibration) -> TextScale:
    """The scale that enrolled labels are put on beside texts."""
    text = calibration.text
    return TextScale(text.mean + STANDS_OUT * text.deviation, text.deviation)


def texts_of(labels: Sequence[Label], templates: Sequence[str]) -> list[str]:
    """What has to be embedded: every phrase of every label, each in all templates.

    Phrases in other languages are put into English by the glossary.
    """
    worded = templates or [PLACE]
    return [
        template.replace(PLACE, _in_english(phrase))
        for label in labels
        for phrase in phrases_of(label)
        for template in worded
    ]


def _in_english(phrase: str) -> str:
    known = translation(phrase)
    return phrase if known is None else known.english


def text_labels(labels: Sequence[Label], vectors: Floats, calibration: Calibration) -> LabelVectors:
    """Labels from the vectors of their texts.

    Args:
        vectors: of :func:`texts_of`, float32 ``[texts, dim]``; the templates of a phrase are
            averaged, as CLIP's and CLAP's zero-shot ensembles are.
    """
    counts = [len(phrases_of(label)) for label in labels]
    templates = len(vectors) // sum(counts)
    phrases = unit_length(vectors.reshape(sum(counts), templates, -1).mean(axis=1))
    starts = np.cumsum([0, *counts[:-1]], dtype=np.int64)
    over_references = np.maximum.reduceat(calibration.references @ phrases.T, starts, axis=1)
    mean = over_references.mean(axis=0)
    deviation = np.full(len(labels), calibration.text.deviation, np.float32)
    return LabelVectors(
        tuple(label.name for label in labels),
        phrases,
        starts,
        mean,
        deviation,
        np.asarray(mean + STANDS_OUT * deviation, np.float32),
        texts_only=True,
    )


def enrolled_labels(enrolled: Sequence[tuple[str, Prototype]]) -> LabelVectors:
    """Labels from what was enrolled under these names."""
    prototypes = [prototype for _, prototype in enrolled]

    def numbers(values: Sequence[float]) -> Floats:
        return np.array(values, np.float32)

    return LabelVectors(
        tuple(name for name, _ in enrolled),
        np.stack([each.vector for each in prototypes]),
        np.arange(len(enrolled), dtype=np.int64),
        numbers([each.background_mean for each in prototypes]),
        numbers([each.background_deviation for each in prototypes]),
        numbers([each.threshold for each in prototypes]),
        texts_only=False,
    )


def joined(parts: Sequence[LabelVectors]) -> LabelVectors:
    """Labels of several kinds as one list; there is at least one."""
    offsets = np.cumsum([0, *(len(part.phrases) for part in parts[:-1])])
    return LabelVectors(
        tuple(name for part in parts for name in part.names),
        np.concatenate([part.phrases for part in parts]),
        np.concatenate([part.starts + at for part, at in zip(parts, offsets, strict=True)]),
        np.concatenate([part.mean for part in parts]),
        np.concatenate([part.deviation for part in parts]),
        np.concatenate([part.stands_out for part in parts]),
        texts_only=all(part.texts_only for part in parts),
    )
