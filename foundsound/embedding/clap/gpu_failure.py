"""A GPU that fails: the processor takes its place, unless the settings name the GPU."""

import logging
import sys
from collections.abc import Callable
from contextlib import suppress

from foundsound.embedding.clap.gpu import wants_gpu
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError
from foundsound.settings import Settings

log = logging.getLogger(__name__)


class GpuFailure(ModelError):
    """A model on a GPU does not fit, or gives broken vectors there."""


def load_on_gpu_or_cpu(
    name: str, load: Callable[[Settings], Encoder], settings: Settings
) -> Encoder:
    """What ``load`` makes; on the processor if the GPU that torch counts on fails at it.

    Only a load shows whether a card runs the model: torch calls one usable that it has no kernels
    for, and one whose memory others hold.

    Args:
        name: what a person calls the model.
        load: makes the encoder where its settings want it.

    Raises:
        ModelError: the GPU fails, and the settings name it; and whatever ``load`` raises.
    """
    if not wants_gpu(settings):
        return load(settings)
    try:
        return load(settings)
    except GpuFailure as error:
        reason = str(error).rstrip(".")
        if settings.device == "cuda":
            raise
    except RuntimeError as error:  # torch's, one a kind: no memory, no kernel, a dead context
        reason = _first_sentence(error)
        if settings.device == "cuda":
            raise ModelError(
                f"The GPU cannot run the model {name}: {reason}. Free its memory, install a torch "
                "that was built for this card, or set FOUNDSOUND_DEVICE=cpu."
            ) from error
    # Outside of the except block: there, the traceback would still hold what lies on the card.
    _give_memory_back()
    log.warning("The GPU cannot run the model %s (%s), so the processor runs it.", name, reason)
    return load(settings.model_copy(update={"device": "cpu"}))


def is_lost(error: BaseException | None) -> bool:
    """True for an error after which this process cannot use its GPU any more, or caused by one."""
    while error is not None:
        if _is_of_driver(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_of_driver(error: BaseException) -> bool:
    torch = sys.modules.get("torch")  # if it is not imported, it cannot have raised
    kind = getattr(torch, "AcceleratorError", ())  # torch 2.8 and newer have it
    return isinstance(error, kind) or (
        isinstance(error, RuntimeError) and "CUDA error" in str(error)
    )


def _first_sentence(error: RuntimeError) -> str:
    """Without the advice to developers that torch appends."""
    lines = str(error).strip().split("\n")
    return lines[0].split(". ")[0].rstrip(".") or type(error).__name__


def _give_memory_back() -> None:
    torch = sys.modules.get("torch")
    if torch is not None:
        with suppress(RuntimeError):  # a dead context has nothing to give
            torch.cuda.empty_cache()
