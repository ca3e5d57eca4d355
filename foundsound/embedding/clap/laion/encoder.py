"""A LAION ``.pt`` checkpoint as an encoder: its own model, our windows, no chance."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from foundsound.embedding.clap.ahead import when_asked
from foundsound.embedding.clap.checkpoints import CPU_DEFAULT, checkpoint
from foundsound.embedding.clap.device import cap_threads, choose_device
from foundsound.embedding.clap.features import Features
from foundsound.embedding.clap.files import has_tokenizer
from foundsound.embedding.clap.frontend import SAMPLE_RATE, LogMel, repeat_pad
from foundsound.embedding.clap.gpu import batch_size
from foundsound.embedding.clap.gpu_batches import TRIAL
from foundsound.embedding.clap.gpu_check import check_on_gpu
from foundsound.embedding.clap.halving import HalvingBatches
from foundsound.embedding.clap.hf_encoder import TEXT_BATCH
from foundsound.embedding.clap.hub import fetch_small
from foundsound.embedding.clap.laion.checkpoint import (
    ROBERTA_WORDS,
    Architecture,
    architecture,
    build,
    read_state,
)
from foundsound.embedding.clap.laion.package import model_module
from foundsound.embedding.clap.sources import FileSource
from foundsound.embedding.clap.tokens import Tokens
from foundsound.embedding.clap.towers import Ids
from foundsound.embedding.clap.weights import check_finite, check_kinds, read_scale
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.encoder import Encoder
from foundsound.embedding.self_check import self_check
from foundsound.settings import Settings

DIM = 512
MAX_TOKENS = 77  # LAION's training cut there
PAD_ID = 1
FEATURES = Features(fused=True, min_hz=50.0, max_hz=14_000.0)


def load_laion(source: FileSource, settings: Settings) -> Encoder:
    """The checkpoint, checked and ready.

    Raises:
        ModelError: it cannot be read, its tokenizer cannot be had, or it fails the self-check.
    """
    module = model_module()
    path = Path(source.name)
    state = read_state(path)
    found = architecture(state)
    device = choose_device(settings)
    cap_threads(settings.thread_count)
    check_kinds(state, source.name)
    check_finite(state, source.name)
    model = build(found, state, module).to(device)
    tokens = _tokens(path, min(MAX_TOKENS, found.positions - PAD_ID - 1))
    tokens.check_fits(ROBERTA_WORDS)
    encoder = LaionEncoder(source.name, model, found, device, tokens, settings)
    if device.type == "cuda":
        check_on_gpu(encoder, device)
    else:
        self_check(encoder)
    source.check_unchanged()
    return encoder


class LaionEncoder:
    """See :class:`~foundsound.embedding.encoder.Encoder`.

    Args:
        model: LAION's, in eval mode, on ``device``.
    """

    dim = DIM
    sample_rate = SAMPLE_RATE

    def __init__(
        self,
        name: str,
        model: Any,
        kind: Architecture,
        device: torch.device,
        tokens: Tokens,
        settings: Settings,
    ) -> None:
        self.name = name
        self.logit_scale = read_scale(model, name)
        self._model = model
        self._device = device
        self._mel = LogMel(FEATURES, device) if kind.fused else None
        self._drawn = kind.fused and kind.kind == "PANN"
        self._tokens = tokens
        self.batches = HalvingBatches(TRIAL if device.type == "cuda" else batch_size(settings))
        self._text_batches = HalvingBatches(TEXT_BATCH, "text", self.batches.turns)

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        """See :class:`~foundsound.embedding.encoder.Encoder`."""
        return unit_length(self.batches.run(windows, when_asked(list), self._forward))

    def embed_text(self, texts: Sequence[str]) -> Floats:
        """See :class:`~foundsound.embedding.encoder.Encoder`."""
        found = self._text_batches.run(
            texts,
            lambda part: partial(self._tokens, part),
            lambda padded: self._read(*padded),
        )
        return unit_length(found)

    @torch.inference_mode()
    def _read(self, ids: Ids, mask: Ids) -> Floats:
        found = self._model.get_text_embedding(
            {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        )
        return np.asarray(found.cpu().numpy(), dtype=np.float32)

    @torch.inference_mode()
    def _forward(self, windows: Sequence[Floats]) -> Floats:
        if self._device.type == "cpu":  # one by one: no row depends on others, not in a last bit
            return np.concatenate([self._hear([window]) for window in windows])
        return self._hear(windows)

    def _hear(self, windows: Sequence[Floats]) -> Floats:
        quantised = [_sixteen_bits(window) for window in windows]
        data = self._waveforms(quantised) if self._mel is None else self._fusion(quantised)
        vectors = self._model.audio_branch(data, mixup_lambda=None, device=self._device)
        found = self._model.audio_projection(vectors["embedding"])[: len(windows)]
        return np.asarray(found.cpu().numpy(), dtype=np.float32)

    def _waveforms(self, windows: Sequence[Floats]) -> dict[str, torch.Tensor]:
        samples = torch.from_numpy(np.stack([repeat_pad(window) for window in windows]))
        longer = torch.zeros(len(windows), 1, dtype=torch.bool)
        return {"waveform": samples.to(self._device), "longer": longer}

    def _fusion(self, windows: Sequence[Floats]) -> dict[str, torch.Tensor]:
        assert self._mel is not None  # only fused models come here
        mel = self._mel(windows)
        longer = torch.zeros(len(mel), 1, dtype=torch.bool)
        if self._drawn:
            # No window is longer than itself; PANN's forward then draws a row and calls it longer.
            # A last row that is marked, and dropped, keeps it from touching the others.
            mel = torch.cat([mel, mel[:1]])
            longer = torch.cat([longer, torch.ones(1, 1, dtype=torch.bool)])
        return {"mel_fusion": mel, "longer": longer}


def _sixteen_bits(window: Floats) -> Floats:
    """Through 16-bit integers and back, as LAION's own code does it."""
    integers = (np.clip(window, -1.0, 1.0) * 32767.0).astype(np.int16)
    return np.asarray(integers / 32767.0, dtype=np.float32)


def _tokens(path: Path, max_tokens: int) -> Tokens:
    """RoBERTa's tokenizer: beside the file, or that of a checkpoint on the hub."""
    folder = path.parent
    if not has_tokenizer(folder):
        folder = fetch_small(checkpoint(CPU_DEFAULT))
    return Tokens(folder, max_tokens, PAD_ID)
