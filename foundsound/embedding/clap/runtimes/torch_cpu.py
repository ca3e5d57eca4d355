"""Torch on a processor, in float32 or with the weights cast to bfloat16 (autocast is slower)."""

import torch

from foundsound.embedding.clap.device import cap_threads
from foundsound.embedding.clap.runtimes.torch_towers import TorchAudioTower, TorchTextTower
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.clap.weights import load_model

CPU = torch.device("cpu")


def torch_audio_tower(runtime: str, source: FilesSource, threads: int) -> TorchAudioTower:
    """The tower called ``torch-bf16`` or ``torch-fp32``.

    Raises:
        ModelError: the model's files cannot be had or read, or change meanwhile.
    """
    cap_threads(threads)
    dtype = torch.bfloat16 if runtime.endswith("bf16") else torch.float32
    model = load_model(source.files())
    source.check_unchanged()
    del model.text_model  # four fifths of the weights
    return TorchAudioTower(model.to(dtype), CPU, dtype)


def torch_text_tower(source: FilesSource, threads: int) -> TorchTextTower:
    """The reference's text tower.

    Raises:
        ModelError: the model's files cannot be had or read, or change meanwhile.
    """
    cap_threads(threads)
    model = load_model(source.files())
    source.check_unchanged()
    del model.audio_model
    return TorchTextTower(model, CPU)
