"""Loads a model into torch, the reference, and lets nobody use it before it was looked at."""

from dataclasses import dataclass

import torch
from transformers import ClapModel

from foundsound.embedding.clap.device import cap_threads, choose_device
from foundsound.embedding.clap.features import read_features
from foundsound.embedding.clap.files import ModelFiles
from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.gpu import batch_size
from foundsound.embedding.clap.gpu_batches import TRIAL, log_mels_ahead
from foundsound.embedding.clap.gpu_check import check_on_gpu
from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.runtimes.choose import choose_audio_tower
from foundsound.embedding.clap.runtimes.torch_towers import TorchTextTower
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.clap.tokens import Tokens
from foundsound.embedding.clap.weights import load_model, read_scale
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
    if type(text.pad_token_id) is not int:
        raise ModelError(
            f"The config.json of the model in {files.folder} names no padding: set pad_token_id of "
            "its text_config to the number that it had in training."
        )
    # RoBERTa's positions begin after its padding id.
    longest = text.max_position_embeddings - text.pad_token_id - 1
    on_gpu = device.type == "cuda"
    tokens = Tokens(files.folder, longest, text.pad_token_id)
    tokens.check_fits(text.vocab_size)
    encoder = ClapEncoder(
        name=source.name,
        dim=source.dim,
        frontend=frontend,
        audio=choose_audio_tower(model, frontend, device, settings.clap_runtime),
        tokens=tokens,
        text=TorchTextTower(model, device),
        batch=TRIAL if on_gpu else batch_size(settings),
        logit_scale=read_scale(model, f"The model in {files.folder}"),
        begin=log_mels_ahead(frontend) if on_gpu else None,
    )
    if on_gpu:
        check_on_gpu(encoder, device)
    else:
        _check(encoder)
    source.check_unchanged()
    return InTorch(files, model, tokens, encoder)


def _check(encoder: ClapEncoder) -> None:
    try:
        self_check(encoder)
    except (IndexError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise ModelError(
            f"The model {encoder.name} cannot be run, so its config.json does not fit its weights "
            f"or its front-end: {reason}."
        ) from error
