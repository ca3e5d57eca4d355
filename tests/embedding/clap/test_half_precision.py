"""The copies in half precision that a GPU tries, here on the processor; and how one is chosen."""

import numpy as np
import pytest
import torch

from foundsound.embedding.clap.features import read_features
from foundsound.embedding.clap.files import folder_files
from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.probes import agreement, first_in_agreement, fixed_mel
from foundsound.embedding.clap.runtimes.choose import choose_audio_tower, halves
from foundsound.embedding.clap.runtimes.torch_towers import TorchAudioTower
from foundsound.embedding.clap.weights import load_model
from foundsound.embedding.embedder import unit_length
from tests.clap_models import Size
from tests.embedding.clap.conftest import Folder

CPU = torch.device("cpu")


@pytest.mark.parametrize("size", ["nano", "nano-fused"])
def test_each_half_hears_nearly_the_same(clap_folder: Folder, size: Size) -> None:
    folder = clap_folder(size)
    model = load_model(folder_files(folder))
    frontend = LogMel(read_features(folder, size.endswith("fused")), CPU)
    mel = fixed_mel(frontend)
    reference = TorchAudioTower(model, CPU, torch.float32)
    wanted = unit_length(reference.embed(mel))
    towers = list(halves(model, CPU))
    assert [tower.name for tower in towers] == ["torch-fp16", "torch-bf16"]
    fp16, bf16 = (agreement(tower, wanted, mel) for tower in towers)
    assert 0.99 < bf16 <= fp16 < 1 + 1e-5  # three more bits
    best = first_in_agreement(towers, reference, mel)
    assert agreement(best, wanted, mel) >= 0.9995
    # The copies share nothing with the reference, which still gives what it gave.
    assert np.array_equal(unit_length(reference.embed(mel)), wanted)


def test_a_processor_runs_the_reference(clap_folder: Folder) -> None:
    folder = clap_folder("nano")
    model = load_model(folder_files(folder))
    tower = choose_audio_tower(model, LogMel(read_features(folder, fused=False), CPU), CPU)
    assert tower.name == "torch-fp32"
