"""Texts that do not fit into memory together are embedded in smaller parts, or refused in words."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch

from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.laion.checkpoint import Architecture
from foundsound.embedding.clap.laion.encoder import LaionEncoder
from foundsound.embedding.clap.towers import Ids
from foundsound.embedding.embedder import Floats
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError
from foundsound.settings import Settings

TEXTS = [f"{n}" for n in range(1, 41)]
WAIT_S = 60.0


def as_it_is(windows: Sequence[Floats]) -> Sequence[Floats]:
    return windows


def tokens(texts: Sequence[str]) -> tuple[Ids, Ids]:
    ids = np.array([[int(text)] for text in texts], dtype=np.int64)
    return ids, np.ones_like(ids)


class TightModel:
    """A text tower, and LAION's model, with memory for ``capacity`` texts and any sound."""

    name = "tight"
    logit_scale_a = torch.zeros(())

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.parts: list[int] = []
        self.refused = threading.Event()

    def embed(self, ids: Ids, mask: Ids) -> Floats:
        assert ids.shape == mask.shape
        self.parts.append(len(ids))
        if len(ids) > self.capacity:
            self.refused.set()
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return np.hstack([np.cos(ids), np.sin(ids)]).astype(np.float32)

    def get_text_embedding(self, data: dict[str, torch.Tensor]) -> torch.Tensor:
        ids, mask = data["input_ids"].numpy(), data["attention_mask"].numpy()
        return torch.from_numpy(self.embed(ids, mask))


class Hearing:
    """An audio tower that fills all memory until ``model`` has refused a text."""

    name = "hearing"

    def __init__(self, model: TightModel) -> None:
        self.model = model
        self.full = threading.Event()

    def embed(self, mel: Sequence[Floats]) -> Floats:
        capacity, self.model.capacity = self.model.capacity, 0
        self.full.set()
        assert self.model.refused.wait(WAIT_S)
        self.model.capacity = capacity
        return np.ones((len(mel), 2), np.float32)


def hugging_face(model: TightModel, hearing: Hearing) -> ClapEncoder:
    return ClapEncoder("tight", 2, as_it_is, hearing, tokens, model, batch=4, logit_scale=1.0)


def laion(model: TightModel, settings: Settings) -> LaionEncoder:
    kind = Architecture(
        "HTSAT", "tiny", 768, window=1024, fused=False, text_layers=1, positions=514
    )
    told: Any = tokens
    return LaionEncoder("tight", model, kind, torch.device("cpu"), told, settings)


@pytest.fixture(params=["hugging face", "laion"])
def made(request: pytest.FixtureRequest, cpu_settings: Settings) -> tuple[TightModel, Encoder]:
    model = TightModel(9)
    if request.param == "laion":
        return model, laion(model, cpu_settings)
    return model, hugging_face(model, Hearing(model))


def test_fewer_texts_are_tried(made: tuple[TightModel, Encoder]) -> None:
    model, encoder = made
    angles = np.arange(1, 41)[:, None]
    found = encoder.embed_text(TEXTS)
    assert np.allclose(found, np.hstack([np.cos(angles), np.sin(angles)]), atol=1e-6)
    assert model.parts == [32, 32, 16, 8, 8, 8, 8, 8]


def test_a_text_that_does_not_fit_alone_is_an_error_with_a_way_out(
    made: tuple[TightModel, Encoder],
) -> None:
    model, encoder = made
    model.capacity = 0
    with pytest.raises(ModelError, match=r"one text: .*FOUNDSOUND_DEVICE=cpu"):
        encoder.embed_text(TEXTS[:1])


def test_a_query_waits_for_the_sounds_that_fill_the_memory() -> None:
    model = TightModel(9)
    hearing = Hearing(model)
    encoder = hugging_face(model, hearing)
    with ThreadPoolExecutor(1) as other:
        sounds = other.submit(encoder.embed_audio, [np.zeros(1, np.float32)])
        assert hearing.full.wait(WAIT_S)
        assert encoder.embed_text(TEXTS[:1]).shape == (1, 2)
        assert sounds.result(WAIT_S).shape == (1, 2)
    assert model.parts == [1, 1]
