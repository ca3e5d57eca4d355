"""Weights in several files, as save_pretrained writes large models."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from foundsound.embedding.clap.files import fingerprint, folder_files
from foundsound.embedding.clap.load import create_clap, weights_available
from foundsound.embedding.clap.shards import INDEX
from foundsound.embedding.clap.weights import load_model
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.clap_models import random_clap, save_extractor, save_tokenizer
from tests.embedding.clap.clips import clips
from tests.embedding.clap.conftest import Folder


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    """The ``nano`` model in shards."""
    folder = tmp_path / "sharded"
    folder.mkdir()
    random_clap("nano").save_pretrained(folder, max_shard_size="300KB")
    save_tokenizer(folder)
    save_extractor(folder, fused=False)
    assert len(_shards(folder)) > 2
    return folder


def _shards(folder: Path) -> list[Path]:
    return sorted(folder.glob("model-*-of-*.safetensors"))


def test_shards_give_the_vectors_of_the_whole(
    sharded: Path, clap_folder: Folder, cpu_settings: Settings
) -> None:
    assert weights_available(str(sharded), cpu_settings)
    shards, whole = (create_clap(str(f), cpu_settings) for f in (sharded, clap_folder("nano")))
    windows = [clips()["noise"], clips()["tone"]]
    # Not to the last bit: the tensors lie otherwise in memory.
    assert np.abs(shards.embed_audio(windows) - whole.embed_audio(windows)).max() < 1e-6
    assert np.abs(shards.embed_text(["rain"]) - whole.embed_text(["rain"])).max() < 1e-6
    found, wanted = (
        load_model(folder_files(f)).state_dict() for f in (sharded, clap_folder("nano"))
    )
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[key], wanted[key]) for key in wanted)


def test_every_shard_names_the_model_and_so_does_their_order(sharded: Path) -> None:
    shards = _shards(sharded)
    assert folder_files(sharded).weights == tuple(shards)
    seen = {fingerprint(folder_files(sharded))}
    for shard in shards:
        before = shard.read_bytes()
        shard.write_bytes(before + b" ")
        seen.add(fingerprint(folder_files(sharded)))
        shard.write_bytes(before)
    first, second = (shard.read_bytes() for shard in shards[:2])
    shards[0].write_bytes(second)
    shards[1].write_bytes(first)
    seen.add(fingerprint(folder_files(sharded)))
    assert len(seen) == len(shards) + 2


def test_a_shard_that_is_missing_is_named(sharded: Path, cpu_settings: Settings) -> None:
    missing = _shards(sharded)[1]
    missing.unlink()
    assert not weights_available(str(sharded), cpu_settings)
    with pytest.raises(ModelError, match=f"it lacks {missing.name}"):
        create_clap(str(sharded), cpu_settings)


def test_a_shard_that_is_damaged_is_named(sharded: Path, cpu_settings: Settings) -> None:
    damaged = _shards(sharded)[1]
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(ModelError, match=f"{damaged.name} cannot be read"):
        create_clap(str(sharded), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize(
    ("index", "told"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"weight_map": 3}', "cannot be read"),
        ('{"weight_map": {"a": ["b"]}}', "cannot be read"),
        ('{"weight_map": {}}', "does not name"),
        (json.dumps({"weight_map": {"a": "../model.safetensors"}}), "does not name"),
        (json.dumps({"weight_map": {"a": "pytorch_model.bin"}}), "does not name"),
    ],
)
def test_an_index_that_makes_no_sense_is_refused(
    sharded: Path, cpu_settings: Settings, index: str, told: str
) -> None:
    (sharded / INDEX).write_text(index)
    assert not weights_available(str(sharded), cpu_settings)
    with pytest.raises(ModelError, match=f"index.json {told}"):
        create_clap(str(sharded), cpu_settings)


def test_one_whole_file_comes_before_shards(sharded: Path, clap_folder: Folder) -> None:
    whole = (clap_folder("nano") / "model.safetensors").read_bytes()
    (sharded / "model.safetensors").write_bytes(whole)
    assert folder_files(sharded).weights == (sharded / "model.safetensors",)
