"""The copies in half precision that a GPU tries, here on the processor; and how one is chosen."""

import numpy as np
import pytest
import torch
from transformers import ClapModel

from foundsound.embedding.clap.features import read_features
from foundsound.embedding.clap.files import folder_files
from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.probes import (
    agreement,
    first_in_agreement,
    fixed_mels,
    fixed_vectors,
)
from foundsound.embedding.clap.runtimes import choose
from foundsound.embedding.clap.runtimes.backed_tower import BackedAudioTower
from foundsound.embedding.clap.runtimes.choose import choose_audio_tower, gpu_audio_tower, halves
from foundsound.embedding.clap.runtimes.fixed_sounds import fixed_sounds
from foundsound.embedding.clap.runtimes.torch_towers import TorchAudioTower
from foundsound.embedding.clap.weights import load_model
from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError
from tests.clap_models import Size
from tests.embedding.clap.conftest import Folder

CPU = torch.device("cpu")
Model = tuple[ClapModel, LogMel]


@pytest.fixture
def nano(clap_folder: Folder) -> Model:
    return _model(clap_folder, "nano")


@pytest.fixture
def few_sounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of the 32: a processor takes half a second for each in half precision."""
    monkeypatch.setattr("foundsound.embedding.clap.probes.fixed_sounds", lambda: fixed_sounds()[:2])


def _model(clap_folder: Folder, size: Size) -> Model:
    folder = clap_folder(size)
    frontend = LogMel(read_features(folder, size.endswith("fused")), CPU)
    return load_model(folder_files(folder)), frontend


@pytest.mark.usefixtures("few_sounds")
@pytest.mark.parametrize("size", ["nano", "nano-fused"])
def test_each_half_hears_nearly_the_same(clap_folder: Folder, size: Size) -> None:
    model, frontend = _model(clap_folder, size)
    mels = fixed_mels(frontend, 1)
    assert len(mels) == 2
    reference = TorchAudioTower(model, CPU, torch.float32)
    wanted = fixed_vectors(reference, mels)
    towers = [make() for make in halves(model, CPU)]
    assert [tower.name for tower in towers] == ["torch-fp16", "torch-bf16"]
    fp16, bf16 = (agreement(tower, wanted, mels) for tower in towers)
    assert 0.99 < bf16 <= fp16 < 1 + 1e-5  # three more bits
    best = first_in_agreement(halves(model, CPU), reference, mels)
    assert agreement(best, wanted, mels) >= 0.9995
    # The copies share nothing with the reference, which still gives what it gave.
    assert np.array_equal(fixed_vectors(reference, mels), wanted)


def test_a_processor_runs_the_reference(nano: Model) -> None:
    assert choose_audio_tower(*nano, CPU, "auto").name == "torch-fp32"


@pytest.mark.usefixtures("few_sounds")
def test_a_gpu_runs_what_is_named(nano: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gpu_audio_tower(*nano, CPU, "auto").name == "torch-fp16"
    assert gpu_audio_tower(*nano, CPU, "torch-fp32").name == "torch-fp32"
    monkeypatch.setattr("foundsound.embedding.clap.probes.MIN_AGREEMENT", 0.99)
    assert gpu_audio_tower(*nano, CPU, "torch-bf16").name == "torch-bf16"


@pytest.mark.usefixtures("few_sounds")
def test_what_is_named_and_disagrees_is_refused(
    nano: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.embedding.clap.probes.MIN_AGREEMENT", 1.1)
    with pytest.raises(ModelError, match="torch-bf16 does not agree"):
        gpu_audio_tower(*nano, CPU, "torch-bf16")
    assert gpu_audio_tower(*nano, CPU, "auto").name == "torch-fp32"


def test_the_last_of_32_fixed_sounds_is_enough_to_refuse_a_half(
    nano: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It overflows there, and nothing covers for it yet."""
    model, frontend = nano

    class Half(TorchAudioTower):
        """In float32, for speed."""

        heard = 0

        def embed(self, mel: torch.Tensor | Floats) -> Floats:
            found = super().embed(mel)
            self.heard += len(mel)
            if self.heard == 32:
                found[-1] = np.nan
            return found

    def half(*_: object) -> Half:
        made = Half(model, CPU, torch.float32)
        made.name = "torch-fp16"
        return made

    monkeypatch.setattr(choose, "_half", half)
    monkeypatch.setattr(choose, "HALVES", (torch.float16,))
    assert gpu_audio_tower(model, frontend, CPU, "auto").name == "torch-fp32"


class Overflowing:
    """Its rows are 1, save where the log-mel is loud."""

    name = "torch-fp16"

    def embed(self, mel: torch.Tensor) -> Floats:
        loudest = mel.amax(dim=(1, 2, 3), keepdim=True)[:, :, 0, 0]
        return torch.where(loudest > 60, torch.inf, 1.0).expand(-1, 512).numpy()


class Reference:
    """Its rows are 2, or not finite either; says how many it was asked for."""

    name = "torch-fp32"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def embed(self, mel: torch.Tensor) -> Floats:
        self.asked.append(len(mel))
        loudest = mel.amax(dim=(1, 2, 3), keepdim=True)[:, :, 0, 0]
        return torch.where(loudest > 600, torch.nan, 2.0).expand(-1, 512).numpy()


def test_rows_that_leave_the_range_of_half_precision_are_computed_in_float32() -> None:
    reference = Reference()
    backed = BackedAudioTower(Overflowing(), reference)
    assert backed.name == "torch-fp16"
    mel = torch.zeros(4, 1, 1001, 64)
    assert backed.embed(mel)[:, 0].tolist() == [1, 1, 1, 1]
    assert reference.asked == []
    mel[1, 0, 5, 5], mel[3, 0, 5, 5] = 90.0, 900.0
    found = backed.embed(mel)
    assert reference.asked == [2]
    assert found[:3, 0].tolist() == [1, 2, 1]
    assert np.isnan(found[3]).all()  # the sound itself is to blame


@pytest.mark.usefixtures("few_sounds")
def test_a_gpu_has_float32_behind_its_half(nano: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    model, frontend = nano
    tower = gpu_audio_tower(model, frontend, CPU, "auto")
    (mel, _) = fixed_mels(frontend, 1)
    wanted = TorchAudioTower(model, CPU, torch.float32).embed(mel)
    embed = TorchAudioTower.embed

    def overflows(tower: TorchAudioTower, mel: torch.Tensor) -> Floats:
        found = embed(tower, mel)
        return found * np.inf if tower.name == "torch-fp16" else found

    monkeypatch.setattr(TorchAudioTower, "embed", overflows)
    assert np.array_equal(tower.embed(mel), wanted)
