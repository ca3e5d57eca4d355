"""How many windows a GPU takes at once, measured on a GPU that is played here."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from foundsound.embedding.clap import gpu_check
from foundsound.embedding.clap.ahead import when_asked
from foundsound.embedding.clap.gpu_batches import TRIAL, batch_that_fits, measured_batch
from foundsound.embedding.clap.gpu_failure import GpuFailure
from foundsound.embedding.clap.halving import HalvingBatches
from foundsound.embedding.clap.laion import encoder as laion
from foundsound.embedding.clap.laion.checkpoint import Architecture
from foundsound.embedding.clap.sources import FileSource
from foundsound.embedding.embedder import Floats
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError
from foundsound.settings import Settings

GPU = torch.device("cuda")
WINDOW = 100 * 2**20
WEIGHTS = 2**30


class PlayedGpu:
    """Counts bytes as torch does; ``free`` is what all programs leave."""

    def __init__(self, free: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = free
        self.peak = WEIGHTS
        self.forwards: list[int] = []
        for name, function in {
            "empty_cache": lambda: None,
            "reset_peak_memory_stats": lambda _: setattr(self, "peak", WEIGHTS),
            "memory_allocated": lambda _: WEIGHTS,
            "max_memory_allocated": lambda _: self.peak,
            "mem_get_info": lambda _: (self.free, 80 * 2**30),
        }.items():
            monkeypatch.setattr(torch.cuda, name, function)

    def embed(self, windows: Sequence[Floats]) -> Floats:
        self.forwards.append(len(windows))
        if len(windows) * WINDOW > self.free:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        self.peak = max(self.peak, WEIGHTS + len(windows) * WINDOW)
        return np.ones((len(windows), 2), np.float32)


@pytest.mark.parametrize("short", [False, True])
def test_a_measured_batch_does_not_depend_on_a_limit_that_was_lowered(
    monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    gpu = PlayedGpu(2 * WINDOW if short else 2**40, monkeypatch)
    batches = HalvingBatches(TRIAL)
    windows = [np.zeros(1, np.float32)] * TRIAL
    batches.run(windows, when_asked(list), gpu.embed)  # the self-check
    gpu.free = 2**30

    def embed(windows: Sequence[Floats]) -> Floats:
        return batches.run(windows, when_asked(list), gpu.embed)

    measured = measured_batch(embed, GPU)
    assert measured == batch_that_fits(gpu.free, WINDOW) == 4
    batches.limit = measured
    assert batches.limit == (2 if short else 4)
    for _ in range(99):
        embed(windows)
    assert batches.limit == 4
    assert max(gpu.forwards) == 4


class PlayedLaion:
    """LAION's model on a GPU that is not there."""

    logit_scale_a = torch.zeros(())

    def to(self, device: torch.device) -> "PlayedLaion":
        assert device == GPU
        return self


def test_a_laion_file_begins_small_on_a_gpu_and_is_measured(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "model.pt"
    file.touch()
    gpu = PlayedGpu(8 * 2**30, monkeypatch)
    kind = Architecture(
        "HTSAT", "tiny", 768, window=1024, fused=False, text_layers=1, positions=514
    )
    checked: list[int] = []
    replaced: dict[str, Any] = {
        "model_module": SimpleNamespace,
        "read_state": lambda _: {},
        "architecture": lambda _: kind,
        "choose_device": lambda _: GPU,
        "cap_threads": lambda _: None,
        "build": lambda *_: PlayedLaion(),
        "_tokens": lambda *_: SimpleNamespace(check_fits=lambda _: None),
    }
    for name, function in replaced.items():
        monkeypatch.setattr(laion, name, function)
    monkeypatch.setattr(gpu_check, "self_check", lambda found: checked.append(found.batches.limit))
    monkeypatch.setattr(laion.LaionEncoder, "_forward", lambda _, windows: gpu.embed(windows))
    encoder = laion.load_laion(FileSource(file), settings)
    assert isinstance(encoder, laion.LaionEncoder)
    assert checked == [TRIAL]
    assert encoder.batches.limit == batch_that_fits(gpu.free, WINDOW) == 32
    assert encoder.embed_audio([np.zeros(1, np.float32)] * 65).shape == (65, 2)
    assert gpu.forwards[-3:] == [32, 32, 1]

    def unfit(_: Encoder) -> None:
        raise ModelError("The memory does not suffice.")

    monkeypatch.setattr(gpu_check, "self_check", unfit)
    with pytest.raises(GpuFailure, match="does not suffice"):  # so that the processor takes it
        laion.load_laion(FileSource(file), settings)
