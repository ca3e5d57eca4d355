"""Loads a model into torch, the reference, and lets nobody use it before it was looked at."""

from dataclasses import dataclass

import torch
from transformers import ClapModel

from foundsound.embedding.clap.device import cap_threads, choose_device
from foundsound.embedding.clap.features import read_features
from foundsound.embedding.clap.files import ModelFiles
from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.gpu import batch_size
from foundsound.embedding.clap.gpu_batches import TRIAL, log_mels_ahead, measured_batch
from foundsound.embedding.clap.gpu_failure import GpuFailure
from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.runtimes.choose import choose_audio_tower
from foundsound.embedding.clap.runtimes.torch_towers import TorchTextTower
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.clap.tokens import Tokens
from foundsound.embedding.clap.weights import load_model
from foundsound.embedding.self_check import self_check
from foundsound.errors import ModelError
from foundsound.settings import Settings


@dataclass(frozen=True)
class InTorch:
    """A checked model, and what it was made of."""

    files: ModelFiles
    model: ClapModel
    tokens: Tokens
    encoder: ClapEncoder


def load_in_torch(source: FilesSource, settings: Settings) -> InTorch:
    """The model on the device that the settings choose.

    Raises:
        ModelError: its files cannot be had or read, its vectors fail the self-check, or the
            runtime that the settings name does not agree.
        RuntimeError: torch's, of a GPU that fails.
    """
    return _load(source, settings, choose_device(settings))


def load_reference(source: FilesSource, settings: Settings) -> InTorch:
    """The model in float32 on the processor.

    Raises:
        ModelError: its files cannot be had or read, or its vectors fail the self-check.
    """
    return _load(source, settings, torch.device("cpu"))


def _load(source: FilesSource, settings: Settings, device: torch.device) -> InTorch:
    files = source.files()
    cap_threads(settings.thread_count)
    model = load_model(files).to(device)
    text = model.config.text_config
    fused = bool(model.config.audio_config.enable_fusion)
    frontend = LogMel(read_features(files.folder, fused), device)
    # RoBERTa's positions begin after its padding id.
    longest = text.max_position_embeddings - text.pad_token_id - 1
    on_gpu = device.type == "cuda"
    tokens = Tokens(files.folder, longest, text.pad_token_id)
    _check_fit(files, model, tokens)
    encoder = ClapEncoder(
        name=source.name,
        dim=source.dim,
        frontend=frontend,
        audio=choose_audio_tower(model, frontend, device, settings.clap_runtime),
        tokens=tokens,
        text=TorchTextTower(model, device),
        batch=TRIAL if on_gpu else batch_size(settings),
        logit_scale=float(model.logit_scale_a.exp()),
        begin=log_mels_ahead(frontend) if on_gpu else None,
    )
    if on_gpu:
        _check_on_gpu(encoder, device)
    else:
        self_check(encoder)
    source.check_unchanged()
    return InTorch(files, model, tokens, encoder)


def _check_fit(files: ModelFiles, model: ClapModel, tokens: Tokens) -> None:
    known = model.config.text_config.vocab_size
    if tokens.ids > known:
        raise ModelError(
            f"The tokenizer in {files.folder} does not fit the model: it has {tokens.ids:,} "
            f"tokens, the model knows {known:,}."
        )
    if not torch.isfinite(model.logit_scale_a).all():
        raise ModelError(
            f"The model in {files.folder} is damaged: its logit_scale_a is not finite."
        )


def _check_on_gpu(encoder: ClapEncoder, device: torch.device) -> None:
    try:
        self_check(encoder)
        encoder.batches.limit = measured_batch(encoder.embed_audio, device)
    except ModelError as error:  # too little memory, or the card's vectors; the model may be well
        raise GpuFailure(str(error)) from error
