"""Before a batch is tried again, nothing of the failed try is alive: its memory is needed."""

import gc
import time
import weakref
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import torch

from foundsound.embedding.clap.ahead import Begin, ahead, when_asked
from foundsound.embedding.clap.halving import HalvingBatches
from foundsound.embedding.embedder import Floats

ITEMS = [np.full(1, n, np.float32) for n in range(20)]


class Tensors:
    """What stands for memory on a GPU, and how much of it is alive when the cache is emptied."""

    def __init__(self) -> None:
        self.alive_when_emptied: list[int] = []
        self._made: list[weakref.ref[Tensor]] = []

    def make(self, batch: Sequence[Floats]) -> "Tensor":
        tensor = Tensor(batch)
        self._made.append(weakref.ref(tensor))
        return tensor

    def empty_cache(self) -> None:
        late = time.monotonic() + 2.0  # the thread that prepares lets go just after it has told
        while self._alive() and time.monotonic() < late:
            time.sleep(0.001)
        self.alive_when_emptied.append(self._alive())

    def _alive(self) -> int:
        return sum(made() is not None for made in self._made)


class Tensor:
    def __init__(self, batch: Sequence[Floats]) -> None:
        self.batch = batch


@pytest.fixture
def tensors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tensors]:
    found = Tensors()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", found.empty_cache)
    gc.collect()
    gc.disable()  # it would free cycles, but only now and then
    yield found
    gc.enable()


@pytest.mark.parametrize("in_advance", [True, False])
def test_when_log_mels_do_not_fit(tensors: Tensors, in_advance: bool) -> None:
    def prepare(batch: Sequence[Floats]) -> Tensor:
        tensor = tensors.make(batch)
        if len(batch) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return tensor

    def embed(tensor: Tensor) -> Floats:
        return np.stack(tensor.batch)

    begin: Begin[Tensor] = ahead(prepare) if in_advance else when_asked(prepare)
    found = HalvingBatches(8).run(ITEMS, begin, embed)
    assert found[:, 0].tolist() == list(range(20))
    assert tensors.alive_when_emptied == [0, 0, 0]


@pytest.mark.parametrize("in_advance", [True, False])
def test_when_the_forward_does_not_fit(tensors: Tensors, in_advance: bool) -> None:
    def prepare(batch: Sequence[Floats]) -> Tensor:
        tensor = tensors.make(batch)
        if batch[0][0] == 8:  # the second batch, which is dropped
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return tensor

    def embed(tensor: Tensor) -> Floats:
        activation = tensors.make(tensor.batch)
        if len(activation.batch) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return np.stack(activation.batch)

    begin: Begin[Tensor] = ahead(prepare) if in_advance else when_asked(prepare)
    found = HalvingBatches(8).run(ITEMS[:8] + ITEMS[9:], begin, embed)
    assert found[:, 0].tolist() == [*range(8), *range(9, 20)]
    assert tensors.alive_when_emptied == [0, 0, 0]
