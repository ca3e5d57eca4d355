"""CLAP behind the Embedder protocol: loads on first use, once, from any thread."""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from foundsound.embedding.clap.gpu import batch_size, batches_at_once
from foundsound.embedding.clap.sources import Source
from foundsound.embedding.clap.text_cache import TextCache
from foundsound.embedding.clap.text_cleaning import clean_text, phrasings
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.encoder import Encoder
from foundsound.settings import Settings

Load = Callable[[], Encoder]


class ClapEmbedder:
    """A CLAP model; see :class:`~foundsound.embedding.embedder.Embedder`.

    Args:
        source: names the model and its vectors.
        load: makes the encoder, checked and ready; called once, by the first that needs it.
    """

    sample_rate = 48_000
    window_s = 10.0

    def __init__(self, source: Source, settings: Settings, load: Load) -> None:
        self._source = source
        self._settings = settings
        self._load = load
        self._loading = threading.Lock()
        self._texts = TextCache()

    @property
    def name(self) -> str:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._source.name

    @property
    def version(self) -> str:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._source.version

    @property
    def dim(self) -> int:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return self._source.dim

    @property
    def batch_windows(self) -> int:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return batch_size(self._settings)

    @property
    def batches_at_once(self) -> int:
        """See :class:`~foundsound.embedding.embedder.Embedder`."""
        return batches_at_once(self._settings)

    @property
    def logit_scale(self) -> float:
        """See :class:`~foundsound.embedding.embedder.Embedder`; loads the weights."""
        return self._loaded().logit_scale

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`; no windows load the weights."""
        encoder = self._loaded()
        return encoder.embed_audio(windows) if windows else np.zeros((0, self.dim), np.float32)

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.embedder.Embedder`.

        File names are turned into words first; ``settings.text_ensemble`` averages phrasings.
        """
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        asked = [phrasings(clean_text(text), self._settings.text_ensemble) for text in texts]
        flat = [phrase for one in asked for phrase in one]
        vectors = self._texts.embed(flat, lambda unknown: self._loaded().embed_text(unknown))
        return unit_length(vectors.reshape(len(texts), -1, self.dim).mean(axis=1))

    def _loaded(self) -> Encoder:
        with self._loading:
            return self._encoder

    @cached_property
    def _encoder(self) -> Encoder:
        return self._load()
