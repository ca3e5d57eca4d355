"""The runtime that is used: in half precision on a GPU if that agrees, else torch in float32."""

import copy
from collections.abc import Iterator

import torch
from transformers import ClapModel

from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.probes import first_in_agreement, fixed_mel
from foundsound.embedding.clap.runtimes.torch_towers import TorchAudioTower
from foundsound.embedding.clap.towers import AudioTower

HALVES = (torch.float16, torch.bfloat16)  # fp16 first: it keeps three more bits


def choose_audio_tower(model: ClapModel, frontend: LogMel, device: torch.device) -> AudioTower:
    """The tower for ``device``; ``model`` is there already, in float32."""
    reference = TorchAudioTower(model, device, torch.float32)
    if device.type == "cpu":
        return reference
    return first_in_agreement(halves(model, device), reference, fixed_mel(frontend))


def halves(model: ClapModel, device: torch.device) -> Iterator[AudioTower]:
    """Copies of the audio half of ``model`` in half precision, made one at a time."""
    for dtype in HALVES:
        half = copy.deepcopy(model)
        del half.text_model, half.text_projection  # two thirds of the weights
        yield TorchAudioTower(half.to(dtype), device, dtype)
