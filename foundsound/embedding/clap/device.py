"""Which processor runs the model, and with how many threads."""

import torch

from foundsound.embedding.clap.gpu import gpu_usable
from foundsound.errors import ModelError
from foundsound.settings import Settings


def choose_device(settings: Settings) -> torch.device:
    """The device that ``settings.device`` names; ``auto`` takes a GPU when torch can use one.

    Raises:
        ModelError: a GPU is asked for, but torch finds none.
    """
    usable = gpu_usable()
    if settings.device == "cuda" and not usable:
        raise ModelError(
            "FOUNDSOUND_DEVICE asks for a GPU, but torch finds none it can use: check the driver, "
            "and that torch was installed with CUDA."
        )
    if settings.device == "cpu" or not usable:
        return torch.device("cpu")
    torch.backends.cudnn.allow_tf32 = False  # else float32 on a GPU is no reference
    return torch.device("cuda")


def cap_threads(threads: int) -> None:
    """Keep torch from starting more threads than this; process-wide, as torch has it.

    More threads than cores were seen to cost ten times the time.
    """
    if torch.get_num_threads() > threads:
        torch.set_num_threads(threads)
