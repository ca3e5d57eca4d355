"""A batch that does not fit into memory is halved, and nothing is embedded twice or lost."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

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
    assert batches.run(ITEMS, memory)[:, 0].tolist() == list(range(20))
    assert memory.batches == [16, 8, 4, 4, 4, 4, 4]
    memory.batches.clear()
    assert batches.run(ITEMS[:7], memory)[:, 0].tolist() == list(range(7))
    assert memory.batches == [4, 3]


def test_a_window_that_does_not_fit_alone_is_an_error_with_a_way_out() -> None:
    with pytest.raises(ModelError, match="FOUNDSOUND_DEVICE=cpu"):
        HalvingBatches(4).run(ITEMS, SmallMemory(0))


def test_other_failures_are_not_taken_for_a_lack_of_memory() -> None:
    def broken(_: Sequence[Floats]) -> Floats:
        raise RuntimeError("device-side assert")

    with pytest.raises(RuntimeError, match="device-side assert"):
        HalvingBatches(4).run(ITEMS, broken)


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
