"""A loaded checkpoint in Hugging Face format: front-end, towers and tokenizer put together."""

from collections.abc import Sequence
from functools import partial

from foundsound.embedding.clap.ahead import Begin, when_asked
from foundsound.embedding.clap.halving import HalvingBatches
from foundsound.embedding.clap.padding import SAMPLE_RATE
from foundsound.embedding.clap.towers import AudioTower, FrontEnd, Mel, TextTower, Tokenize
from foundsound.embedding.embedder import Floats, unit_length

TEXT_BATCH = 32  # texts in one forward: bounds the memory of a long list


class ClapEncoder:
    """See :class:`~foundsound.embedding.encoder.Encoder`.

    Args:
        name: what a person calls the model.
        batch: windows in one forward, until memory says otherwise.
        logit_scale: of sounds against texts, see
            :class:`~foundsound.embedding.embedder.Embedder`.
        begin: how log-mels are made, when not by ``frontend`` at the moment they are needed.
    """

    sample_rate = SAMPLE_RATE

    def __init__(
        self,
        name: str,
        dim: int,
        frontend: FrontEnd,
        audio: AudioTower,
        tokens: Tokenize,
        text: TextTower,
        batch: int,
        logit_scale: float,
        begin: Begin[Mel] | None = None,
    ) -> None:
        self.name = name
        self.dim = dim
        self.logit_scale = logit_scale
        self.audio = audio
        self.text = text
        self.frontend = frontend
        self._tokens = tokens
        self._begin = begin or when_asked(frontend)
        self.batches = HalvingBatches(batch)
        self._text_batches = HalvingBatches(TEXT_BATCH, "text", self.batches.turns)

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.encoder.Encoder`."""
        return unit_length(self.batches.run(windows, self._begin, self.audio.embed))

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.encoder.Encoder`."""
        found = self._text_batches.run(
            texts,
            lambda part: partial(self._tokens, part),
            lambda padded: self.text.embed(*padded),
        )
        return unit_length(found)
