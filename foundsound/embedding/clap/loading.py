"""Loads a model where the settings want it; on a processor without torch, once it is converted."""

from foundsound.embedding.clap.gpu import gpu_usable
from foundsound.embedding.clap.runtimes.on_cpu import load_on_cpu
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.encoder import Encoder
from foundsound.settings import Settings

TORCH_FP32 = "torch-fp32"


def load_encoder(source: FilesSource, settings: Settings) -> Encoder:
    """The model, ready to use.

    Raises:
        ModelError: its files cannot be had or read, its vectors fail the self-check, or the device
            or the runtime that the settings name cannot serve it.
    """
    on_gpu = settings.device != "cpu" and gpu_usable()
    if on_gpu or settings.device == "cuda" or settings.clap_runtime == TORCH_FP32:
        from foundsound.embedding.clap.torch_loading import load_in_torch

        return load_in_torch(source, settings).encoder
    return load_on_cpu(source, settings)
