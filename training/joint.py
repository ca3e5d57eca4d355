"""Heads and bridge joined to one 512-d space: fitted, applied, and turned into runtime arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter import bridge
from foundsound.embedding.starter.head import DIM
from foundsound.embedding.starter.minilm import MiniLM
from training.class_phrases import class_phrases, phrase_table
from training.dataset import Clips
from training.head import Head, SentenceTable, predict, train_head
from training.pseudo_captions import pseudo_captions
from training.scaling import Scaling, fit_scaling, principal_directions

BRIDGE_WEIGHT = 0.4  # of the bridge's cosine beside the heads'


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
    """``[384 + 521, 512]``."""
    audio_mean: Floats
    text_mean: Floats

    def audio(self, clips: Clips) -> Floats:
        """``[n, 512]``, unit length."""
        return unit_length(self._audio_joint(clips) - self.audio_mean)

    def text(self, texts: Sequence[str], side: TextSide) -> Floats:
        """``[n, 512]``, unit length."""
        return unit_length(self._text_joint(texts, side) - self.text_mean)

    def _audio_joint(self, clips: Clips) -> Floats:
        sentences = unit_length(predict(self.heads, self.scaling.apply(clips.vectors)))
        evidence = bridge.audio_evidence(clips.probabilities)
        return unit_length(_side_by_side(sentences, evidence) @ self.projection)

    def _text_joint(self, texts: Sequence[str], side: TextSide) -> Floats:
        sentences = unit_length(side.sentences(texts) - self.sentence_mean)
        return unit_length(_side_by_side(sentences, side.evidence(texts)) @ self.projection)


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

    audio = _side_by_side(
        unit_length(predict(heads, features)), bridge.audio_evidence(clips.probabilities)
    )
    sentences = unit_length(side.sentences(texts) - sentence_mean)
    text = _side_by_side(sentences, side.evidence(texts))
    projection = principal_directions(np.vstack([audio, text]), DIM)
    return JointModel(
        scaling,
        heads,
        sentence_mean,
        projection,
        audio_mean=unit_length(audio @ projection).mean(axis=0),
        text_mean=unit_length(text @ projection).mean(axis=0),
    )


def _table(texts: Sequence[str], sentence_mean: Floats, side: TextSide) -> SentenceTable:
    plain = unit_length(side.sentences(texts) - sentence_mean)
    templated = unit_length(
        side.sentences([bridge.TEMPLATE.format(text) for text in texts]) - sentence_mean
    )
    return SentenceTable(torch.from_numpy(plain), torch.from_numpy(templated))


def _side_by_side(sentences: Floats, evidence: Floats) -> Floats:
    return np.hstack([sentences, np.float32(np.sqrt(BRIDGE_WEIGHT)) * evidence])
