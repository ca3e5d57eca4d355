"""A batch that does not fit into memory is halved, and nothing is embedded twice or lost."""

import threading
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from foundsound.embedding.clap.ahead import ahead, when_asked
from foundsound.embedding.clap.gpu_batches import MOST, batch_that_fits
from foundsound.embedding.clap.halving import HalvingBatches
from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.loading import load_encoder
from foundsound.embedding.clap.sources import FolderSource
from foundsound.embedding.embedder import Floats
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.embedding.clap.clips import clips
from tests.embedding.clap.conftest import Folder


class SmallMemory:
    """Embeds a number as itself; holds ``capacity`` of them."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.batches: list[int] = []

    def __call__(self, windows: Sequence[Floats]) -> Floats:
        self.batches.append(len(windows))
        if len(windows) > self.capacity:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB")
        return np.stack([window[:1] for window in windows])


ITEMS = [np.full(3, n, np.float32) for n in range(20)]


def test_a_batch_is_halved_until_it_fits_and_stays_so() -> None:
    batches, memory = HalvingBatches(16), SmallMemory(5)
    assert batches.run(ITEMS, when_asked(list), memory)[:, 0].tolist() == list(range(20))
    assert memory.batches == [16, 16, 8, 4, 4, 4, 4, 4]  # the same once more, alone
    memory.batches.clear()
    assert batches.run(ITEMS[:7], when_asked(list), memory)[:, 0].tolist() == list(range(7))
    assert memory.batches == [4, 3]


def test_the_next_batch_is_prepared_while_one_is_embedded() -> None:
    prepared = [threading.Event() for _ in ITEMS]

    def prepare(batch: Sequence[Floats]) -> Sequence[Floats]:
        prepared[int(batch[0][0])].set()
        return batch

    def embed(batch: Sequence[Floats]) -> Floats:
        after = int(batch[-1][0]) + 1
        if after < len(ITEMS):
            assert prepared[after].wait(60.0), "nobody prepared what comes next"
        return np.stack([window[:1] for window in batch])

    found = HalvingBatches(6).run(ITEMS, ahead(prepare), embed)
    assert found[:, 0].tolist() == list(range(20))


def test_halving_is_right_when_the_next_batch_was_prepared_already() -> None:
    batches, memory = HalvingBatches(16), SmallMemory(5)
    found = batches.run(ITEMS, ahead(list), memory)
    assert found[:, 0].tolist() == list(range(20))
    assert memory.batches == [16, 16, 8, 4, 4, 4, 4, 4]  # the same once more, alone


def test_memory_that_runs_out_in_the_preparation_is_halved_too() -> None:
    def prepare(batch: Sequence[Floats]) -> Sequence[Floats]:
        if len(batch) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return batch

    batches = HalvingBatches(8)
    found = batches.run(ITEMS, ahead(prepare), SmallMemory(99))
    assert found[:, 0].tolist() == list(range(20))
    assert batches.limit == 2


def test_a_batch_is_chosen_from_the_free_memory() -> None:
    window = 100 * 2**20
    assert batch_that_fits(80 * 2**30, window) == MOST
    assert batch_that_fits(8 * 2**30, window) == 32
    assert batch_that_fits(2**20, window) == 1
    assert batch_that_fits(2**30, 0) == MOST


def test_a_window_that_does_not_fit_alone_is_an_error_with_a_way_out() -> None:
    with pytest.raises(ModelError, match="FOUNDSOUND_DEVICE=cpu"):
        HalvingBatches(4).run(ITEMS, when_asked(list), SmallMemory(0))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB"),
        torch.AcceleratorError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
    ],
)
def test_a_lack_of_memory_is_known_in_all_its_forms(error: Exception) -> None:
    def tight(batch: Sequence[Floats]) -> Floats:
        if len(batch) > 5:
            raise error
        return np.stack([window[:1] for window in batch])

    batches = HalvingBatches(16)
    assert batches.run(ITEMS, when_asked(list), tight)[:, 0].tolist() == list(range(20))
    assert batches.limit == 4


def test_other_failures_are_not_taken_for_a_lack_of_memory() -> None:
    def broken(_: Sequence[Floats]) -> Floats:
        raise RuntimeError("device-side assert")

    with pytest.raises(RuntimeError, match="device-side assert"):
        HalvingBatches(4).run(ITEMS, when_asked(list), broken)


def test_a_model_that_runs_out_of_memory_gives_the_same_vectors(
    clap_folder: Folder, cpu_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = list(clips().values())[:9]
    encoder: Encoder = load_encoder(FolderSource(clap_folder("nano")), cpu_settings)
    wanted = encoder.embed_audio(windows)
    assert isinstance(encoder, ClapEncoder)
    whole = encoder.audio.embed

    def tight(mel: torch.Tensor) -> Floats:
        if len(mel) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return whole(mel)

    monkeypatch.setattr(encoder.audio, "embed", tight)
    found = encoder.embed_audio(windows)
    assert (found * wanted).sum(axis=1).min() > 0.99999
