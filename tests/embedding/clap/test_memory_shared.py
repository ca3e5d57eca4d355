"""Threads share a GPU's memory: none is blamed for another, and a shortage passes."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from foundsound.embedding.clap.ahead import ahead, when_asked
from foundsound.embedding.clap.halving import CLEAN, HalvingBatches
from foundsound.embedding.embedder import Floats

ITEMS = [np.full(1, n, np.float32) for n in range(64)]
WAIT_S = 60.0


class SharedMemory:
    """Embeds a number as itself; holds ``capacity`` of them, of all threads together."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.used = 0
        self.tried: list[int] = []
        self.refused = threading.Event()
        self._lock = threading.Lock()

    def embed(
        self, batch: Sequence[Floats], meanwhile: Callable[[], object] = lambda: None
    ) -> Floats:
        with self._lock:
            self.tried.append(len(batch))
            if self.used + len(batch) > self.capacity:
                self.refused.set()
                raise torch.OutOfMemoryError("CUDA out of memory.")
            self.used += len(batch)
        meanwhile()
        with self._lock:
            self.used -= len(batch)
        return np.stack(batch)


def test_one_window_is_not_blamed_for_a_neighbours_memory() -> None:
    batches, memory = HalvingBatches(64), SharedMemory(64)
    full = threading.Event()

    def neighbour(batch: Sequence[Floats]) -> Floats:
        def hold() -> None:
            full.set()
            assert memory.refused.wait(WAIT_S)

        return memory.embed(batch, hold)

    with ThreadPoolExecutor(1) as other:
        large = other.submit(batches.run, ITEMS, when_asked(list), neighbour)
        assert full.wait(WAIT_S)
        assert batches.run(ITEMS[7:8], when_asked(list), memory.embed).tolist() == [[7]]
        assert large.result(WAIT_S)[:, 0].tolist() == list(range(64))
    assert memory.tried == [64, 1, 1]
    assert batches.limit == 64


def test_nobody_begins_while_one_embeds_alone() -> None:
    batches = HalvingBatches(4)
    tries = iter([False, True])
    alone, beside = threading.Event(), threading.Event()

    def second_try(batch: Sequence[Floats]) -> Floats:
        if not next(tries):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        alone.set()
        assert not beside.wait(0.3), "another thread took the memory"
        return np.stack(batch)

    def other(batch: Sequence[Floats]) -> Floats:
        beside.set()
        return np.stack(batch)

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(batches.run, ITEMS[:4], when_asked(list), second_try)
        assert alone.wait(WAIT_S)
        assert batches.run(ITEMS[:1], when_asked(list), other).tolist() == [[0]]
        assert first.result(WAIT_S)[:, 0].tolist() == [0, 1, 2, 3]


def test_many_threads_embed_what_only_one_of_them_can_hold() -> None:
    batches, memory = HalvingBatches(64), SharedMemory(64)
    begin = ahead(list)

    def embed(batch: Sequence[Floats]) -> Floats:
        return memory.embed(batch, lambda: threading.Event().wait(0.001))

    with ThreadPoolExecutor(4) as threads:
        sizes = [1, 64, 2, 50, 33, 64, 1, 64] * 4
        runs = [threads.submit(batches.run, ITEMS[:size], begin, embed) for size in sizes]
        for size, run in zip(sizes, runs, strict=True):
            assert run.result(WAIT_S)[:, 0].tolist() == list(range(size))
    assert batches.limit == 64


def test_a_limit_that_another_thread_lowered_is_not_raised() -> None:
    batches, memory = HalvingBatches(16), SharedMemory(3)
    both = threading.Barrier(2)
    first = threading.local()

    def embed(batch: Sequence[Floats]) -> Floats:
        if not hasattr(first, "tried"):
            first.tried = True
            both.wait(WAIT_S)
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return memory.embed(batch)

    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(batches.run, ITEMS[:16], when_asked(list), embed) for _ in range(2)]
        for run in runs:
            assert run.result(WAIT_S)[:, 0].tolist() == list(range(16))
    # Once more alone, then halved; the other thread begins with what the first one found.
    assert memory.tried[:4] == [16, 8, 4, 2]
    assert max(memory.tried[4:]) == 2
    assert batches.limit == 2


def lowered() -> tuple[HalvingBatches, SharedMemory]:
    """From 16 to 2, by a shortage that is over."""
    batches, memory = HalvingBatches(16), SharedMemory(3)
    batches.run(ITEMS[:16], when_asked(list), memory.embed)
    assert batches.limit == 2
    batches.run(ITEMS[:1], when_asked(list), memory.embed)
    memory.capacity = 1000
    return batches, memory


def embed_clean(batches: HalvingBatches, memory: SharedMemory, times: int) -> None:
    for _ in range(times):
        batches.run(ITEMS[: batches.limit], when_asked(list), memory.embed)


def test_the_limit_doubles_up_to_the_first_one_when_a_shortage_is_over() -> None:
    batches, memory = lowered()
    embed_clean(batches, memory, CLEAN - 8)  # 7 of them fitted within the first run
    assert batches.limit == 2
    embed_clean(batches, memory, 1)
    assert batches.limit == 4
    embed_clean(batches, memory, 4 * CLEAN)
    assert batches.limit == 16


def test_batches_that_are_not_full_prove_nothing() -> None:
    batches, memory = lowered()
    for _ in range(2 * CLEAN):
        batches.run(ITEMS[:1], when_asked(list), memory.embed)
    assert batches.limit == 2


def test_a_new_shortage_is_counted_from_anew() -> None:
    batches, memory = lowered()
    embed_clean(batches, memory, CLEAN // 2)
    full = iter([torch.OutOfMemoryError("CUDA out of memory.")])

    def once_short(batch: Sequence[Floats]) -> Floats:
        for error in full:
            raise error
        return memory.embed(batch)

    batches.run(ITEMS[:2], when_asked(list), once_short)  # fits when it is tried again
    embed_clean(batches, memory, CLEAN - 1)
    assert batches.limit == 2
    embed_clean(batches, memory, 1)
    assert batches.limit == 4


def test_a_size_measured_after_a_shortage_is_reached_batch_by_batch() -> None:
    batches, memory = lowered()
    batches.limit = 64
    assert batches.limit == 2
    embed_clean(batches, memory, 6 * CLEAN)
    assert batches.limit == 64
    batches.limit = 32
    assert batches.limit == 32
