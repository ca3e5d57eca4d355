"""Heads, bridge and timbre joined to one 512-d space: fitted and applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter import bridge
from foundsound.embedding.starter.head import JOINT_DIM
from foundsound.embedding.starter.minilm import MiniLM
from foundsound.embedding.starter.timbre import (
    TimbreTable,
    with_sound_timbre,
    with_text_timbre,
)
from training.class_phrases import class_phrases, phrase_table
from training.dataset import Clips
from training.head import Head, SentenceTable, predict, train_head
from training.pseudo_captions import pseudo_captions
from training.scaling import Scaling, fit_scaling, principal_directions
from training.timbre import SoundTimbre, fit_sound_timbre, fit_timbre_table

BRIDGE_WEIGHT = 0.8  # of the bridge's cosine beside the heads'


class TextSide:
    """MiniLM and the bridge's text half, with every sentence encoded once."""

    def __init__(self, cache_dir: Path) -> None:
        self._minilm = MiniLM(cache_dir, threads=1)
        self._sentences: dict[str, Floats] = {}
        self.phrases = phrase_table(self.sentences)

    def sentences(self, texts: Sequence[str]) -> Floats:
        """MiniLM's embeddings, ``[n, 384]``."""
        for text in dict.fromkeys(texts):
            if text not in self._sentences:
                self._sentences[text] = self._minilm.encode([text])[0]
        return np.stack([self._sentences[text] for text in texts])

    def evidence(self, texts: Sequence[str]) -> Floats:
        """The bridge's class evidence, ``[n, 521]``."""
        return self.phrases.evidence(self.sentences(texts))


@dataclass(frozen=True)
class JointModel:
    """Everything that turns features and texts into vectors of the joint space."""

    scaling: Scaling
    heads: list[Head]
    sentence_mean: Floats
    projection: Floats
    """``[384 + 521, 384]``."""
    audio_mean: Floats
    text_mean: Floats
    sound_timbre: SoundTimbre
    timbre_table: TimbreTable

    def audio(self, clips: Clips) -> Floats:
        """``[n, 512]``, unit length."""
        sentences = unit_length(predict(self.heads, self.scaling.apply(clips.vectors)))
        joint = _joined(sentences, bridge.audio_evidence(clips.probabilities), self.projection)
        timbre = self.sound_timbre.apply(self.scaling.clipped(clips.vectors))
        return with_sound_timbre(unit_length(joint - self.audio_mean), timbre)

    def text(self, texts: Sequence[str], side: TextSide) -> Floats:
        """``[n, 512]``, unit length."""
        sentences = unit_length(side.sentences(texts) - self.sentence_mean)
        evidence = side.evidence(texts)
        joint = _joined(sentences, evidence, self.projection)
        timbre = self.timbre_table.expected(sentences, evidence)
        return with_text_timbre(unit_length(joint - self.text_mean), timbre)


def fit_joint(clips: Clips, side: TextSide, seeds: Sequence[int]) -> JointModel:
    """Train one head a seed on ``clips`` and fit the space around them."""
    texts = sorted(set(clips.captions))
    sentence_mean = side.sentences(clips.captions).mean(axis=0)
    scaling = fit_scaling(clips.vectors)
    features = scaling.apply(clips.vectors)
    captions = _table(clips.captions, sentence_mean, side)
    phrases, classes = class_phrases()
    names = _table(phrases, sentence_mean, side)
    pseudo = pseudo_captions(clips.probabilities, classes)
    heads = [train_head(features, captions, names, pseudo, seed) for seed in seeds]

    heard = unit_length(predict(heads, features)), bridge.audio_evidence(clips.probabilities)
    said = unit_length(side.sentences(texts) - sentence_mean), side.evidence(texts)
    both = np.vstack([_side_by_side(*heard), _side_by_side(*said)])
    projection = principal_directions(both, JOINT_DIM)
    sound_timbre = fit_sound_timbre(clips, scaling)
    timbres = sound_timbre.apply(scaling.clipped(clips.vectors))
    return JointModel(
        scaling,
        heads,
        sentence_mean,
        projection,
        audio_mean=_joined(*heard, projection).mean(axis=0),
        text_mean=_joined(*said, projection).mean(axis=0),
        sound_timbre=sound_timbre,
        timbre_table=fit_timbre_table(clips, timbres, texts, *said),
    )


def _table(texts: Sequence[str], sentence_mean: Floats, side: TextSide) -> SentenceTable:
    plain = unit_length(side.sentences(texts) - sentence_mean)
    templated = unit_length(
        side.sentences([bridge.TEMPLATE.format(text) for text in texts]) - sentence_mean
    )
    return SentenceTable(torch.from_numpy(plain), torch.from_numpy(templated))


def _joined(sentences: Floats, evidence: Floats, projection: Floats) -> Floats:
    return unit_length(_side_by_side(sentences, evidence) @ projection)


def _side_by_side(sentences: Floats, evidence: Floats) -> Floats:
    return np.hstack([sentences, np.float32(np.sqrt(BRIDGE_WEIGHT)) * evidence])
