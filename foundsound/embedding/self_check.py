"""Refuses a model whose vectors are broken before it can fill a library with them."""

from dataclasses import dataclass

import numpy as np

from foundsound.embedding.clap.checkpoints import GPU_DEFAULT
from foundsound.embedding.embedder import Floats
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError

TEXTS = ("a dog barking", "heavy rain", "a church bell", "an engine idling", "people laughing")
MAX_MEAN_COSINE = 0.98  # a collapsed text tower was seen at 0.9993, a healthy one is below 0.9


@dataclass(frozen=True)
class SelfCheck:
    """What the check measured: mean pairwise cosines, 1.0 = all vectors the same."""

    text_cosine: float
    audio_cosine: float


def self_check(embedder: Encoder) -> SelfCheck:
    """Embed a handful of texts and test signals and look at the vectors.

    Raises:
        ModelError: vectors that are not finite, not of unit length, or do not spread.
    """
    text = _checked(embedder, "text", embedder.embed_text(TEXTS))
    audio = _checked(embedder, "audio", embedder.embed_audio(check_signals(embedder.sample_rate)))
    return SelfCheck(text_cosine=text, audio_cosine=audio)


def _checked(embedder: Encoder, side: str, vectors: Floats) -> float:
    if not np.isfinite(vectors).all():
        raise ModelError(f"The model '{embedder.name}' gives {side} vectors that are not finite.")
    if vectors.shape[1] != embedder.dim:
        raise ModelError(
            f"The model '{embedder.name}' gives {side} vectors of {vectors.shape[1]} numbers "
            f"instead of {embedder.dim}."
        )
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.allclose(lengths, 1.0, atol=1e-3):
        raise ModelError(
            f"The model '{embedder.name}' gives {side} vectors of length {lengths.min():.3g} "
            "instead of 1: its weights may be damaged or all zero. Fetch it again."
        )
    n = len(vectors)
    mean_cosine = float(((vectors @ vectors.T).sum() - n) / (n * (n - 1)))
    if mean_cosine > MAX_MEAN_COSINE:
        raise ModelError(
            f"The model '{embedder.name}' cannot tell {side} inputs apart "
            f"(mean cosine {mean_cosine:.3f}): it is damaged or unfit for search. Fetch it again, "
            f"or use another model, such as {GPU_DEFAULT}."
        )
    return mean_cosine


def check_signals(sample_rate: int) -> list[Floats]:
    """A second each of noise, a tone, clicks and silence; float32 ``[samples]``, mono."""
    t = np.arange(sample_rate, dtype=np.float32) / sample_rate
    noise = np.random.default_rng(0).standard_normal(sample_rate).astype(np.float32)
    tone = np.sin(2 * np.pi * 440 * t)
    clicks = (np.arange(sample_rate) % (sample_rate // 4) == 0).astype(np.float32)
    signals = (0.1 * noise, 0.5 * tone, clicks, np.zeros(sample_rate))
    return [np.asarray(signal, dtype=np.float32) for signal in signals]
