"""The part of the joint space that is heard and not said: how aiSFX hears a sound.

Between two sounds it is a plain comparison of aiSFX's embeddings, which tells alike sounds better
than words do. A text has no timbre; it gets the mean timbre of the training sounds whose captions
and classes fit it, a kernel regression that learns from few examples what the head smooths over.
"""

from dataclasses import dataclass

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter import aisfx, statistics
from foundsound.embedding.starter.cosines import cosines

DIM = 128
# aiSFX's mean and maximum among Features.vector().
AISFX = slice(-2 * aisfx.DIM - statistics.DIM, -statistics.DIM)
WEIGHT = 0.5  # of the timbres' cosine beside the rest, between two sounds
TEXT_LENGTH = 0.5  # of a text's timbre, of which less is sure
CAPTION_TEMPERATURE = 0.07
CLASS_SHARE = 0.5  # of the classes' timbre beside the captions'


@dataclass(frozen=True)
class TimbreTable:
    """What the training sounds were like, by caption and by AudioSet class."""

    captions: Floats
    """Sentence embeddings, unit length, ``[captions, 384]``."""
    caption_weights: Floats
    """Logarithms, ``[captions]``: a caption of many sounds is better known."""
    caption_timbres: Floats
    """Mean timbre of each caption's sounds, ``[captions, 128]``."""
    class_timbres: Floats
    """Mean timbre of the sounds in which YAMNet hears a class, ``[521, 128]``."""
    mean: Floats
    """Of what :meth:`expected` gives for the captions before it is centred, ``[128]``."""

    def expected(self, sentences: Floats, evidence: Floats) -> Floats:
        """Sentence embeddings ``[n, 384]`` and class evidence ``[n, 521]`` to unit timbres."""
        return unit_length(self.uncentred(sentences, evidence) - self.mean)

    def uncentred(self, sentences: Floats, evidence: Floats) -> Floats:
        """Timbres ``[n, 128]`` with what all texts share."""
        nearness = cosines(sentences, self.captions) / CAPTION_TEMPERATURE + self.caption_weights
        weights = np.exp(nearness - nearness.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        timbres = weights @ self.caption_timbres + CLASS_SHARE * evidence @ self.class_timbres
        return np.asarray(timbres, np.float32)


def with_sound_timbre(joint: Floats, timbre: Floats) -> Floats:
    """A sound's vector: unit rows of both parts side by side, unit length.

    A sound's timbre has one length for all sounds, so that it changes no text's ranking by itself.
    """
    return unit_length(np.hstack([joint, np.float32(WEIGHT**0.5) * timbre]))


def with_text_timbre(joint: Floats, timbre: Floats) -> Floats:
    """A text's vector, likewise."""
    return unit_length(np.hstack([joint, np.float32(TEXT_LENGTH * WEIGHT**0.5) * timbre]))
