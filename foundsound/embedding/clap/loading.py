"""Loads a model where the settings want it; on a processor without torch, once it is converted."""

from foundsound.embedding.clap.gpu import wants_gpu
from foundsound.embedding.clap.runtimes.on_cpu import load_on_cpu
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError
from foundsound.settings import Settings

TORCH_FP32 = "torch-fp32"
TORCH_BF16 = "torch-bf16"
ON_GPU = ("auto", TORCH_FP32, TORCH_BF16)


def load_encoder(source: FilesSource, settings: Settings) -> Encoder:
    """The model, ready to use.

    Raises:
        ModelError: its files cannot be had or read, its vectors fail the self-check, or the device
            or the runtime that the settings name cannot serve it.
        RuntimeError: torch's, of a GPU that fails.
    """
    on_gpu = settings.device == "cuda" or wants_gpu(settings)
    if on_gpu:
        _require_gpu_runtime(settings.clap_runtime)
    if on_gpu or settings.clap_runtime == TORCH_FP32:
        from foundsound.embedding.clap.torch_loading import load_in_torch

        return load_in_torch(source, settings).encoder
    return load_on_cpu(source, settings)


def _require_gpu_runtime(runtime: str) -> None:
    if runtime not in ON_GPU:
        raise ModelError(
            f"FOUNDSOUND_CLAP_RUNTIME asks for {runtime}, which runs on a processor only, and CLAP "
            f"is to run on a GPU: set FOUNDSOUND_DEVICE=cpu too, or name {', '.join(ON_GPU[1:])} "
            "or auto."
        )
