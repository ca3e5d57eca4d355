"""Is there a GPU? Asked often, so torch (a second to import) is asked only where one may be."""

import sys
from functools import cache
from pathlib import Path

from foundsound.settings import Settings

CPU_WINDOWS = 8  # at least; larger batches are no faster, and make stopping and searching wait
WINDOWS_A_THREAD = 4  # each core takes whole windows: with fewer, the last ones leave cores idle
MOST_WINDOWS = 64  # 123 MB of samples
GPU_WINDOWS = 128  # two forwards: the second one's log-mels are made during the first
_LINUX_DEVICES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")  # NVIDIA, AMD, WSL


@cache
def gpu_usable() -> bool:
    """True when torch is installed and can use a GPU."""
    if sys.platform == "darwin":
        return False
    if sys.platform == "linux" and not any(Path(device).exists() for device in _LINUX_DEVICES):
        return False
    try:
        import torch
    except (ImportError, OSError):  # OSError: a CUDA library that does not load
        return False
    return bool(torch.cuda.is_available())


def batch_size(settings: Settings) -> int:
    """Windows that make one efficient call on the device that will be used."""
    if wants_gpu(settings):
        return GPU_WINDOWS
    return min(MOST_WINDOWS, max(CPU_WINDOWS, WINDOWS_A_THREAD * settings.thread_count))


def batches_at_once(settings: Settings) -> int:
    """On a GPU one batch is padded, copied and given back while the other one is embedded."""
    return 2 if wants_gpu(settings) else 1


def wants_gpu(settings: Settings) -> bool:
    """True when CLAP is to run on a GPU that torch can use."""
    return settings.device != "cpu" and gpu_usable()
