"""The zero-training bridge: AudioSet class evidence is the language both sides speak.

Audio becomes the square root of its class probabilities over their prior (a rare class counts
more than speech or music); text becomes a sharp softmax of its similarity to each class name.
Both are 521-d, unit length, and compared by cosine.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter.minilm import MODEL_SHA256, MiniLM
from foundsound.embedding.starter.yamnet import class_names

CLASSES = 521
PRIOR_FLOOR = 1e-3
TEMPERATURE = 0.05
TEMPLATE = "the sound of {}"


def audio_evidence(probabilities: Floats) -> Floats:
    """``[n, 521]`` mean class probabilities to unit vectors ``[n, 521]``."""
    return unit_length(np.sqrt(probabilities / (_prior() + PRIOR_FLOOR)))


class TextBridge:
    """Text to class evidence; class-name embeddings are made once and kept in ``cache_dir``."""

    def __init__(self, minilm: MiniLM, cache_dir: Path) -> None:
        self._minilm = minilm
        names = _class_embeddings(minilm, cache_dir)
        self._centre = names.mean(axis=0)
        self._classes = unit_length(names - self._centre)

    def text_evidence(self, texts: Sequence[str]) -> Floats:
        """Descriptions to unit vectors ``[n, 521]``."""
        embedded = unit_length(self._minilm.encode(texts) - self._centre)
        similarity = embedded @ self._classes.T
        weights = np.exp((similarity - similarity.max(axis=1, keepdims=True)) / TEMPERATURE)
        return unit_length(weights)


@cache
def _prior() -> Floats:
    """Mean class probability over the training audio, float32 ``[521]``."""
    with resources.files(__package__).joinpath("data/prior.npy").open("rb") as file:
        return np.asarray(np.load(file), dtype=np.float32)


def _class_embeddings(minilm: MiniLM, cache_dir: Path) -> Floats:
    texts = [TEMPLATE.format(name) for name in class_names()]
    key = hashlib.sha256("\n".join([MODEL_SHA256, *texts]).encode()).hexdigest()[:16]
    path = cache_dir / "starter" / f"class-names-{key}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npy", delete=False) as file:
            np.save(file, minilm.encode(texts))
        os.replace(file.name, path)
    return np.asarray(np.load(path), dtype=np.float32)
