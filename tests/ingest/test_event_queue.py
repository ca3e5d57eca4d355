"""Queues and batches are bounded by count and by bytes."""

import threading
import time

import numpy as np
import pytest

from foundsound.audio.windows import Window
from ingest.batch import Batch
from ingest.event_queue import Closed, EventQueue
from ingest.events import Known, Windowed
from ingest.work_item import WorkItem

ITEM = WorkItem(1, b"a.wav", 1, 1)
KNOWN = Known(ITEM, "a")


def windowed(samples: int, sound_id: str = "a") -> Windowed:
    return Windowed(ITEM, sound_id, Window(0.0, 1.0, np.zeros(samples, np.float32)))


def putting(queue: EventQueue, event: Windowed | Known) -> threading.Thread:
    thread = threading.Thread(target=queue.put, args=(event,))
    thread.start()
    return thread


@pytest.mark.parametrize(("events", "size"), [(2, 10), (100, 800)], ids=["count", "bytes"])
def test_a_full_queue_waits_for_room(events: int, size: int) -> None:
    queue = EventQueue(events, 2000)
    queue.put(windowed(size // 4))
    queue.put(windowed(size // 4))
    third = putting(queue, windowed(size))
    third.join(0.2)
    assert third.is_alive()
    assert len(queue) == 2
    assert queue.take(1.0) is not None
    assert queue.take(1.0) is not None
    third.join(60.0)
    assert not third.is_alive()


def test_what_is_larger_than_the_queue_still_passes() -> None:
    queue = EventQueue(10, 100)
    queue.put(windowed(1000))
    small = putting(queue, windowed(1))
    small.join(0.2)
    assert small.is_alive()
    assert queue.take(1.0) is not None
    small.join(60.0)
    assert len(queue) == 1


def test_events_keep_their_order() -> None:
    queue = EventQueue(10, 100)
    events = [Known(ITEM, str(k)) for k in range(5)]
    for event in events:
        queue.put(event)
    assert [queue.take(1.0) for _ in range(5)] == events


def test_an_empty_queue_gives_nothing_in_time_and_can_be_woken() -> None:
    queue = EventQueue(10, 100)
    assert queue.take(0.01) is None
    threading.Timer(0.1, queue.wake).start()
    started = time.monotonic()
    assert queue.take(30.0) is None
    assert time.monotonic() - started < 25
    queue.put(KNOWN)
    queue.wake()
    assert queue.take(1.0) is KNOWN


def test_closing_ends_those_who_wait() -> None:
    queue = EventQueue(1, 100)
    queue.put(KNOWN)
    raised: list[type] = []

    def put() -> None:
        try:
            queue.put(KNOWN)
        except Closed as error:
            raised.append(type(error))

    thread = threading.Thread(target=put)
    thread.start()
    thread.join(0.1)
    queue.close()
    thread.join(60.0)
    assert raised == [Closed]


@pytest.mark.parametrize(("samples", "fit"), [(10, 4), (300, 2)], ids=["count", "bytes"])
def test_a_batch_is_full_by_count_or_by_bytes(samples: int, fit: int) -> None:
    batch = Batch(max_windows=4, max_bytes=2000)
    while not batch.full:
        batch.add(windowed(samples))
    assert len(batch) == fit
    assert len(batch.take()) == fit
    assert (len(batch), batch.full) == (0, False)


def test_a_batch_drops_a_sound() -> None:
    batch = Batch(max_windows=4, max_bytes=2000)
    for sound_id in "abab":
        batch.add(windowed(100, sound_id))
    batch.drop("a")
    assert not batch.full
    assert [window.sound_id for window in batch.take()] == ["b", "b"]
