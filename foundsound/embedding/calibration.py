"""How cosines of a space are to be read: what unlike things score, measured once a space.

Text-audio cosines lie around 0.1, audio-audio ones around 0.8, and both differ by model. So each
space is measured with fixed texts and sounds: the background is the mean and the deviation of the
cosines between things that have nothing to do with each other. The vectors of the reference sounds
are kept: a query of any parts has its own mean over them, at the cost of one small product.

What a search shows is the best of many, so the tails count and not the bulk. In some spaces unlike
pairs are mostly close to the mean and now and then far above it: with ``starter-bridge`` the best
of the 32 sounds lies 6.0 root mean squares above a text's mean for one text in ten, with
``starter`` 4.1. There the deviation is that of a space of ``starter``'s tails with the same best.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.reference_sounds import reference_sounds
from foundsound.metadata.ucs import ucs_categories

VERSION = 2  # of the reference texts and sounds, and of what is measured
EVERY = 8  # of the 752 UCS categories is a reference text: 94
LEAST_DEVIATION = 1e-3  # a model without any spread would divide by nothing
MOST_TEXTS = 0.9
BEST = 4.12  # deviations of the best of 32 unlike sounds that so many texts stay below


@dataclass(frozen=True)
class Background:
    """Cosines between things that have nothing to do with each other.

    ``deviation`` is around each query's own mean: root of the mean square, of texts more where
    single unlike sounds lie far above it.
    """

    mean: float
    deviation: float


@dataclass(frozen=True)
class Calibration:
    """The background of one space, and the vectors of the reference sounds, ``[32, dim]``."""

    text: Background  # texts against sounds
    audio: Background  # sounds against sounds
    references: Floats  # float32, unit length

    @cached_property
    def reference_mean(self) -> Floats:
        """Float32 ``[dim]``: its product with a query is the mean of the query's cosines."""
        return np.asarray(self.references.mean(axis=0), np.float32)


def reference_texts() -> list[str]:
    """The fixed texts: "doors wood", "weather thunder", … of UCS, the same on every call."""
    chosen = ucs_categories()[::EVERY]
    return [f"{each.category} {each.subcategory}".lower() for each in chosen]


def measure(embedder: Embedder) -> Calibration:
    """Embed the reference texts and sounds and compare them: a second or two, with CLAP ten.

    Raises:
        ModelError: the model failed.
    """
    sounds = reference_sounds(embedder.sample_rate)
    step = max(1, embedder.batch_windows)
    batches = [embedder.embed_audio(sounds[at : at + step]) for at in range(0, len(sounds), step)]
    # As they are stored, so that a space reads the same before and after.
    references = np.concatenate(batches).astype(np.float16).astype(np.float32)
    texts = embedder.embed_text(reference_texts()) @ references.T
    between = references @ references.T
    others = between[~np.eye(len(sounds), dtype=bool)].reshape(len(sounds), -1)
    best = (texts - texts.mean(axis=1, keepdims=True)).max(axis=1)
    least = float(np.quantile(best, MOST_TEXTS)) / BEST
    return Calibration(_background(texts, least), _background(others), references)


def _background(cosines: Floats, least: float = 0.0) -> Background:
    """Of cosines ``[queries, sounds]``; the deviation is at least ``least``."""
    deviation = float(np.sqrt(cosines.var(axis=1, dtype=np.float64).mean()))
    mean = float(cosines.mean(dtype=np.float64))
    return Background(mean, max(deviation, least, LEAST_DEVIATION))
