"""On a GPU: how many windows one forward holds, and log-mels made while the last ones are heard."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from foundsound.embedding.clap.ahead import Begin, ahead
from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.padding import WINDOW_SAMPLES
from foundsound.embedding.embedder import Floats

MOST = 64  # windows in one forward; two of them make a batch of the pipeline's
TRIAL = 4  # windows in one forward until one was measured
# Of the free memory: log-mels of the next batch lie beside the present one, and two threads may
# embed at once. What does not fit after all is halved.
SHARE = 0.4


def batch_that_fits(free_bytes: int, window_bytes: int) -> int:
    """Windows in one forward, when a single one took ``window_bytes``."""
    return max(1, min(MOST, int(free_bytes * SHARE / max(window_bytes, 1))))


def measured_batch(embed: Callable[[Sequence[Floats]], Floats], device: torch.device) -> int:
    """Windows in one forward on this GPU as it is now: another program may hold most of it.

    Raises:
        ModelError: not even a single window fits.
    """
    # A single one: of several, nobody here knows how many a lowered limit let run together.
    silence = [np.zeros(WINDOW_SAMPLES, np.float32)]
    embed(silence)  # what is taken once (workspaces, kernels) is no part of a window's share
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    embed(silence)
    taken = torch.cuda.max_memory_allocated(device) - before
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(device)
    return batch_that_fits(free, taken)


def log_mels_ahead(frontend: LogMel) -> Begin[torch.Tensor]:
    """Log-mels of the next batch, made on a stream of their own."""
    stream = torch.cuda.Stream(frontend.device)  # type: ignore[no-untyped-call]

    def make(windows: Sequence[Floats]) -> torch.Tensor:
        with torch.cuda.stream(stream):
            mel = frontend(windows)
        stream.synchronize()  # this thread waits, and not the GPU
        return mel

    return ahead(make)
