"""The stage that embeds: how many batches at once, and in which order they are given back."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from foundsound.audio.windows import Window
from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError
from ingest.embed_stage import EmbedStage
from ingest.events import Windowed
from ingest.work_item import WorkItem


class Gate:
    """An ear whose batches, named by their first sample, end when they are let through."""

    batch_windows = 2

    def __init__(self, at_once: int) -> None:
        self.batches_at_once = at_once
        self.begun = [threading.Event() for _ in range(4)]
        self.let_through = [threading.Event() for _ in range(4)]

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        number = int(windows[0][0])
        self.begun[number].set()
        assert self.let_through[number].wait(60)
        if number == 3:
            raise ModelError("The model failed.")
        return np.stack([window[:1] for window in windows])


def batch(number: int) -> list[Windowed]:
    item = WorkItem(number, bytes(Path("a.wav")), 1, 1)
    window = Window(0.0, 1.0, np.full(4, number, np.float32))
    return [Windowed(item, str(number), window)] * 2


def test_two_batches_run_at_once_and_come_back_in_order() -> None:
    ear = Gate(2)
    with EmbedStage(ear, lambda: None) as stage:
        stage.start(batch(0))
        assert stage.free
        stage.start(batch(1))
        assert not stage.free
        assert ear.begun[0].wait(60)
        assert ear.begun[1].wait(60)  # though the first is not done
        ear.let_through[1].set()
        assert stage.take_done(0.05) == []
        ear.let_through[0].set()
        for number in (0, 1):
            embedded = stage.take_done(None)
            assert [event.sound_id for event, _ in embedded] == [str(number)] * 2
            assert [vector.tolist() for _, vector in embedded] == [[number]] * 2
        assert stage.idle


def test_a_processor_gets_one_batch_at_a_time() -> None:
    ear = Gate(1)
    with EmbedStage(ear, lambda: None) as stage:
        stage.start(batch(0))
        assert not stage.free
        ear.let_through[0].set()
        assert len(stage.take_done(None)) == 2
        assert stage.free


def test_what_the_model_failed_with_is_raised_by_its_batch() -> None:
    ear = Gate(2)
    with EmbedStage(ear, lambda: None) as stage:
        stage.start(batch(0))
        stage.start(batch(3))
        ear.let_through[0].set()
        ear.let_through[3].set()
        assert len(stage.take_done(None)) == 2
        with pytest.raises(ModelError, match="The model failed"):
            stage.take_done(None)
        assert stage.idle
