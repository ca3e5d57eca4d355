"""Fits the timbre part: aiSFX's main directions, and what each caption and class sounds like."""

from dataclasses import dataclass

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter import timbre
from foundsound.embedding.starter.timbre import TimbreTable
from training.dataset import Clips
from training.pseudo_captions import THRESHOLD
from training.scaling import Scaling, principal_directions

# Half way to equal power in all directions: alike sounds are found a little better than without.
WHITENING = 0.5
# Sounds' worth of the common mean in each class's timbre: a class heard in two sounds is not known.
CLASS_SHRINKAGE = 1.0


@dataclass(frozen=True)
class SoundTimbre:
    """The timbre of sounds."""

    directions: Floats
    """``[1024, 128]``."""
    mean: Floats
    """Of the unit vectors, ``[128]``."""

    def apply(self, clipped: Floats) -> Floats:
        """Scaled, clipped features ``[n, 3792]`` to unit timbres ``[n, 128]``."""
        heard = unit_length(clipped[:, timbre.AISFX] @ self.directions)
        return unit_length(heard - self.mean)


def fit_sound_timbre(clips: Clips, scaling: Scaling) -> SoundTimbre:
    """On the training clips."""
    embedded = scaling.clipped(clips.vectors)[:, timbre.AISFX]
    directions = principal_directions(embedded, timbre.DIM)
    directions /= (embedded @ directions).std(axis=0) ** WHITENING
    return SoundTimbre(directions, unit_length(embedded @ directions).mean(axis=0))


def fit_timbre_table(
    clips: Clips, timbres: Floats, texts: list[str], sentences: Floats, evidence: Floats
) -> TimbreTable:
    """From the clips' unit timbres ``[n, 128]`` and the embeddings of their distinct ``texts``.

    Sentence embeddings ``[texts, 384]`` have their mean subtracted and unit length, class evidence
    is ``[texts, 521]``.
    """
    row_of = {text: row for row, text in enumerate(texts)}
    rows = np.array([row_of[text] for text in clips.captions])
    counts = np.bincount(rows, minlength=len(texts))
    sums = np.zeros((len(texts), timbre.DIM), np.float32)
    np.add.at(sums, rows, timbres)

    heard = np.where(clips.probabilities > THRESHOLD, clips.probabilities, 0)
    classes = (heard.T @ timbres) / (heard.sum(axis=0)[:, None] + CLASS_SHRINKAGE)
    table = TimbreTable(
        captions=sentences,
        caption_weights=np.asarray(np.log(counts) / 2, np.float32),
        caption_timbres=np.asarray(sums / counts[:, None], np.float32),
        class_timbres=np.asarray(classes, np.float32),
        mean=np.zeros(timbre.DIM, np.float32),
    )
    mean = table.uncentred(sentences, evidence).mean(axis=0)
    return TimbreTable(
        table.captions,
        table.caption_weights,
        table.caption_timbres,
        table.class_timbres,
        mean,
    )
