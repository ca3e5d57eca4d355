"""A GPU that torch counts on, and that fails: the processor runs the model, or one is told why."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from transformers import ClapModel

from foundsound.embedding import choice
from foundsound.embedding.clap import torch_loading
from foundsound.embedding.clap.gpu_check import check_on_gpu
from foundsound.embedding.clap.gpu_failure import GpuFailure, is_lost, load_on_gpu_or_cpu
from foundsound.embedding.clap.load import create_clap
from foundsound.embedding.clap.loading import load_encoder
from foundsound.embedding.clap.runtimes.choose import choose_audio_tower
from foundsound.embedding.clap.sources import FolderSource
from foundsound.embedding.clap.towers import AudioTower
from foundsound.embedding.embedder import Floats
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError
from foundsound.library import Library
from foundsound.settings import Settings
from tests.embedding.clap.conftest import Folder

FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a …")
NO_KERNELS = RuntimeError(
    "CUDA error: no kernel image is available for execution on the device\nCompile with …"
)
Fail = Callable[[RuntimeError], None]


@pytest.fixture
def auto(cpu_settings: Settings) -> Settings:
    return cpu_settings.model_copy(update={"device": "auto"})


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """A card that torch calls usable, and that takes no model."""

    def fails(error: RuntimeError) -> None:
        for module in ("gpu", "device"):
            monkeypatch.setattr(f"foundsound.embedding.clap.{module}.gpu_usable", lambda: True)
        to = ClapModel.to

        def onto(model: ClapModel, *where: Any, **how: Any) -> Any:
            if torch.device("cuda") in where:
                raise error
            return to(model, *where, **how)

        monkeypatch.setattr(ClapModel, "to", onto)

    return fails


@pytest.mark.parametrize(
    ("error", "told"),
    [(FULL, "CUDA out of memory"), (NO_KERNELS, "no kernel image is available for execution on")],
)
def test_the_processor_takes_the_place_of_a_card_that_fails(
    clap_folder: Folder,
    cpu_settings: Settings,
    auto: Settings,
    card: Fail,
    caplog: pytest.LogCaptureFixture,
    error: RuntimeError,
    told: str,
) -> None:
    folder = str(clap_folder("nano"))
    wanted = create_clap(folder, cpu_settings).embed_text(["rain"])
    card(error)
    with caplog.at_level(logging.WARNING):
        found = create_clap(folder, auto).embed_text(["rain"])
    assert np.array_equal(found, wanted)
    (record,) = caplog.records
    assert told in record.getMessage()
    assert "Tried to allocate" not in record.getMessage()
    assert record.getMessage().endswith("so the processor runs it.")


@pytest.mark.parametrize("error", [FULL, NO_KERNELS])
def test_a_card_that_is_asked_for_and_fails_is_an_error_with_a_way_out(
    clap_folder: Folder, auto: Settings, card: Fail, error: RuntimeError
) -> None:
    card(error)
    named = auto.model_copy(update={"device": "cuda"})
    with pytest.raises(ModelError, match=r"GPU cannot run .*CUDA.*FOUNDSOUND_DEVICE=cpu"):
        create_clap(str(clap_folder("nano")), named).embed_text(["rain"])


def test_a_new_library_is_made_beside_a_card_that_fails(
    clap_folder: Folder, auto: Settings, card: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    card(FULL)
    found = choice.ModelChoice(str(clap_folder("nano")), "its weights are in the cache")
    monkeypatch.setattr("foundsound.embedding.first_model.choose_model", lambda _: found)
    with Library(auto.model_copy(update={"model": "auto"})) as library:
        assert library.embedder.name == found.model


def test_a_model_that_its_check_fails_only_on_the_card_runs_on_the_processor(
    clap_folder: Folder, auto: Settings, card: Fail
) -> None:
    card(FULL)
    whole = create_clap(str(clap_folder("nano")), auto)

    def load(settings: Settings) -> Encoder:
        if settings.device != "cpu":
            raise GpuFailure("The memory does not suffice to embed one window of 10 s.")
        return whole  # an embedder has what an encoder needs

    assert load_on_gpu_or_cpu("nano", load, auto) is whole
    with pytest.raises(ModelError, match=r"^The memory does not suffice"):
        load_on_gpu_or_cpu("nano", load, auto.model_copy(update={"device": "cuda"}))


def test_what_fails_its_check_on_a_card_is_told_apart(
    clap_folder: Folder, cpu_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load_encoder(FolderSource(clap_folder("nano")), cpu_settings)

    def unfit(_: Sequence[Floats]) -> Floats:
        raise ModelError("The memory does not suffice.")

    monkeypatch.setattr(encoder, "embed_audio", unfit)
    with pytest.raises(GpuFailure, match="does not suffice"):
        check_on_gpu(encoder, torch.device("cpu"))  # type: ignore[arg-type]


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_runtime_of_processors_is_refused_on_a_card(
    clap_folder: Folder, auto: Settings, card: Fail, device: str
) -> None:
    card(FULL)
    named = auto.model_copy(update={"device": device, "clap_runtime": "openvino-f32"})
    with pytest.raises(ModelError, match=r"openvino-f32, which.*FOUNDSOUND_DEVICE=cpu too.*bf16"):
        create_clap(str(clap_folder("nano")), named).embed_text(["rain"])


@pytest.mark.parametrize("runtime", ["auto", "torch-fp32", "torch-bf16"])
def test_a_card_runs_the_format_that_is_named(
    clap_folder: Folder, auto: Settings, monkeypatch: pytest.MonkeyPatch, runtime: str
) -> None:
    asked: list[str] = []

    def noted(*inputs: Any) -> AudioTower:
        asked.append(inputs[-1])
        return choose_audio_tower(*inputs)

    monkeypatch.setattr(torch_loading, "choose_audio_tower", noted)
    monkeypatch.setattr("foundsound.embedding.clap.loading.wants_gpu", lambda _: True)
    named = auto.model_copy(update={"clap_runtime": runtime})
    monkeypatch.setattr(torch_loading, "choose_device", lambda _: torch.device("cpu"))  # for a card
    load_encoder(FolderSource(clap_folder("nano")), named)
    assert asked == [runtime]


def test_an_error_of_the_driver_costs_the_process_its_card() -> None:
    lost = torch.AcceleratorError("CUDA error: an illegal memory access was encountered")
    wrapped = ModelError("The GPU cannot run it.")
    wrapped.__cause__ = lost
    assert is_lost(lost)
    assert is_lost(NO_KERNELS)
    assert is_lost(wrapped)
    assert not is_lost(FULL)
    assert not is_lost(ModelError("CUDA error"))
    assert not is_lost(None)
