"""A runtime may serve a space only if its vectors are those of torch in float32."""

import numpy as np
import pytest
import torch

from foundsound.embedding.clap.device import choose_device
from foundsound.embedding.clap.gpu import gpu_usable
from foundsound.embedding.clap.probes import agreement, first_in_agreement, require_agreement
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.errors import ModelError
from foundsound.settings import Settings

MEL = torch.zeros(4, 1, 1001, 64)
RIGHT = unit_length(np.random.default_rng(0).standard_normal((4, 512)).astype(np.float32))


class Tower:
    """Gives the right vectors, turned away from them by a cosine."""

    device = torch.device("cpu")

    def __init__(self, name: str, cosine: float) -> None:
        self.name = name
        self._cosine = cosine

    def embed(self, mel: torch.Tensor) -> Floats:
        aside = np.roll(RIGHT, 1, axis=1)
        aside = unit_length(aside - (aside * RIGHT).sum(axis=1, keepdims=True) * RIGHT)
        turned = self._cosine * RIGHT + (1 - self._cosine**2) ** 0.5 * aside
        return np.asarray(3.0 * turned, dtype=np.float32)  # the length does not matter


def test_agreement_is_the_smallest_cosine() -> None:
    assert agreement(Tower("exact", 1.0), RIGHT, [MEL]) == pytest.approx(1.0, abs=1e-6)
    assert agreement(Tower("off", 0.9), RIGHT, [MEL]) == pytest.approx(0.9, abs=1e-4)


def test_the_first_that_agrees_is_taken() -> None:
    exact, close, far = Tower("fp32", 1.0), Tower("bf16", 0.9997), Tower("fp16", 0.999)
    assert first_in_agreement([lambda: far, lambda: close], exact, [MEL]) is close
    assert first_in_agreement([lambda: far], exact, [MEL]) is exact
    assert first_in_agreement([], exact, [MEL]) is exact


def test_one_that_fails_disagrees() -> None:
    exact, close = Tower("fp32", 1.0), Tower("bf16", 0.9997)

    class Failing(Tower):
        def embed(self, mel: torch.Tensor) -> Floats:
            raise torch.AcceleratorError("CUDA error: no kernel image is available")

    def no_room() -> Tower:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    candidates = [lambda: Failing("fp16", 1.0), no_room, lambda: close]
    assert first_in_agreement(candidates, exact, [MEL]) is close
    assert first_in_agreement(candidates[:2], exact, [MEL]) is exact


@pytest.mark.parametrize("cosine", [0.9994, 0.0, float("nan")])
def test_a_runtime_that_disagrees_is_refused(cosine: float) -> None:
    with pytest.raises(ModelError, match="int8 does not agree"):
        require_agreement("int8", agreement(Tower("int8", cosine), RIGHT, [MEL]))


def test_a_runtime_that_agrees_is_not_refused() -> None:
    require_agreement("bf16", agreement(Tower("bf16", 0.9996), RIGHT, [MEL]))


@pytest.mark.skipif(gpu_usable(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_an_error_only_when_asked_for(settings: Settings) -> None:
    assert choose_device(settings).type == "cpu"
    with pytest.raises(ModelError, match="asks for a GPU"):
        choose_device(settings.model_copy(update={"device": "cuda"}))
