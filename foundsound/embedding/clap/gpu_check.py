"""Nobody uses a model on a GPU before it was looked at there, and its batch measured."""

from typing import Protocol

import torch

from foundsound.embedding.clap.gpu_batches import measured_batch
from foundsound.embedding.clap.gpu_failure import GpuFailure
from foundsound.embedding.clap.halving import HalvingBatches
from foundsound.embedding.encoder import Encoder
from foundsound.embedding.self_check import self_check
from foundsound.errors import ModelError


class HalvingEncoder(Encoder, Protocol):
    """An encoder whose forwards hold as many windows as its batches allow."""

    batches: HalvingBatches


def check_on_gpu(encoder: HalvingEncoder, device: torch.device) -> None:
    """Look at an encoder's vectors, and set how many windows one forward holds.

    Raises:
        GpuFailure: too little memory, or the card's vectors; the model may be well.
    """
    try:
        self_check(encoder)
        encoder.batches.limit = measured_batch(encoder.embed_audio, device)
    except ModelError as error:
        raise GpuFailure(str(error)) from error
