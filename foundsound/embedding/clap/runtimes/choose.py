"""The number format that torch uses: half precision on a GPU if that agrees, else float32."""

import copy
from collections.abc import Callable
from functools import partial

import torch
from transformers import ClapModel

from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.gpu_batches import TRIAL
from foundsound.embedding.clap.probes import (
    agreement,
    first_in_agreement,
    fixed_mels,
    fixed_vectors,
    require_agreement,
)
from foundsound.embedding.clap.runtimes.backed_tower import BackedAudioTower
from foundsound.embedding.clap.runtimes.torch_towers import TorchAudioTower
from foundsound.embedding.clap.towers import AudioTower

HALVES = (torch.float16, torch.bfloat16)  # fp16 first: it keeps three more bits


def choose_audio_tower(
    model: ClapModel, frontend: LogMel, device: torch.device, runtime: str
) -> AudioTower:
    """The tower for ``device``; ``model`` is there already, in float32.

    Args:
        runtime: ``auto``, ``torch-fp32`` or ``torch-bf16``; on a processor it is always
            ``torch-fp32``, which the other runtimes are compared with.

    Raises:
        ModelError: the runtime is named, and does not agree with float32.
    """
    if device.type == "cpu":
        return TorchAudioTower(model, device, torch.float32)
    return gpu_audio_tower(model, frontend, device, runtime)


def gpu_audio_tower(
    model: ClapModel, frontend: LogMel, device: torch.device, runtime: str
) -> AudioTower:
    """As above, on a GPU."""
    reference = TorchAudioTower(model, device, torch.float32)
    if runtime == reference.name:
        return reference
    mels = fixed_mels(frontend, TRIAL)
    if runtime == "auto":
        chosen = first_in_agreement(halves(model, device), reference, mels)
    else:
        chosen = _half(model, device, torch.bfloat16)
        require_agreement(runtime, agreement(chosen, fixed_vectors(reference, mels), mels))
    return chosen if chosen is reference else BackedAudioTower(chosen, reference)


def halves(model: ClapModel, device: torch.device) -> list[Callable[[], AudioTower]]:
    """What makes copies of the audio half of ``model`` in half precision."""
    return [partial(_half, model, device, dtype) for dtype in HALVES]


def _half(model: ClapModel, device: torch.device, dtype: torch.dtype) -> AudioTower:
    half = copy.deepcopy(model)
    del half.text_model, half.text_projection  # two thirds of the weights
    return TorchAudioTower(half.to(dtype), device, dtype)
