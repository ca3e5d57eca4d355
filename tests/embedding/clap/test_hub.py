"""Weights come from the standard cache, from the network only if they are not there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from foundsound.embedding.clap.checkpoints import CHECKPOINTS, CPU_DEFAULT, GPU_DEFAULT, checkpoint
from foundsound.embedding.clap.hub import STEPS, cached_files
from foundsound.embedding.clap.load import create_clap, weights_available
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.embedding.clap.conftest import Folder
from tests.embedding.clap.local_hub import Files, serving_hub

KNOWN = checkpoint(CPU_DEFAULT)
# In a process of its own: huggingface_hub reads its environment once.
LOAD = """
import json, logging, sys
from foundsound.embedding.clap.load import create_clap, weights_available
from foundsound.errors import ModelError
from foundsound.settings import Settings

name, settings = sys.argv[1], Settings(device="cpu", threads=2)
answer = {"before": weights_available(name, settings)}
told = []
logging.getLogger("foundsound").setLevel("INFO")
listening = logging.Handler()
listening.emit = lambda record: told.append(record.getMessage())
logging.getLogger("foundsound").addHandler(listening)
try:
    made = create_clap(name, settings)
    answer |= {"version": made.version, "vector": made.embed_text(["rain"])[0, :8].tolist()}
except ModelError as error:
    answer["error"] = str(error)
answer |= {"after": weights_available(name, settings), "told": told}
print(json.dumps(answer))
"""


def load(name: str, home: Path, **environment: str) -> dict[str, Any]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", LOAD, name],
        env=kept | {"HF_HOME": str(home), "FOUNDSOUND_CLAP_RUNTIME": "torch-fp32"} | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.fixture
def stored(clap_folder: Folder) -> Files:
    """The nano model, stored as the hub stores the CPU's default."""
    folder = clap_folder("nano")
    small = {p.name: p for p in folder.iterdir() if p.name != KNOWN.weights.file}
    files = {(KNOWN.name, KNOWN.revision, name): path for name, path in small.items()}
    files[KNOWN.name, KNOWN.weights.revision, KNOWN.weights.file] = folder / "model.safetensors"
    return files


@pytest.fixture
def cache(stored: Files, tmp_path: Path) -> Path:
    """A home of the hub's cache that holds the model already."""
    snapshots = tmp_path / "home" / "hub" / "models--laion--clap-htsat-unfused" / "snapshots"
    for (_, commit, name), path in stored.items():
        (snapshots / commit).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, snapshots / commit / name)
    return tmp_path / "home"


def test_missing_weights_are_fetched_once(stored: Files, tmp_path: Path) -> None:
    with serving_hub(stored) as (endpoint, asked):
        first = load(KNOWN.name, tmp_path / "home", HF_ENDPOINT=endpoint)
        requests = len(asked)
        again = load(KNOWN.name, tmp_path / "home", HF_ENDPOINT=endpoint)
    assert (first["before"], first["after"], again["before"]) == (False, True, True)
    assert first["vector"] == again["vector"]
    assert requests > 0
    assert len(asked) == requests  # the second load asked nothing of the network
    size = stored[KNOWN.name, KNOWN.weights.revision, KNOWN.weights.file].stat().st_size / 1e6
    fetched = [line for line in first["told"] if line.startswith("weights of")]
    assert fetched[-1] == f"weights of {KNOWN.name}: {size:.0f} of {size:.0f} MB are here"
    assert len(fetched) <= STEPS + 1
    assert not [line for line in again["told"] if line.startswith("weights of")]


def test_what_lies_in_the_cache_needs_no_network(
    cache: Path, clap_folder: Folder, cpu_settings: Settings
) -> None:
    found = load(KNOWN.name, cache, HF_HUB_OFFLINE="1")
    assert found["before"]
    plain = create_clap(str(clap_folder("nano")), cpu_settings)
    assert found["vector"] == plain.embed_text(["rain"])[0, :8].tolist()


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "no model hub answers"),
    ],
)
def test_without_a_hub_the_error_says_how_to_get_the_weights(
    tmp_path: Path, environment: dict[str, str], reason: str
) -> None:
    found = load(GPU_DEFAULT, tmp_path / "home", **environment)
    assert not found["after"]
    assert reason in found["error"]
    assert "Copy the Hugging Face cache" in found["error"]
    assert "\n" not in found["error"]


def test_a_repository_without_the_pinned_commit_is_an_error(tmp_path: Path) -> None:
    with serving_hub({}) as (endpoint, _):
        found = load(KNOWN.name, tmp_path / "home", HF_ENDPOINT=endpoint)
    assert "the model hub says" in found["error"]
    assert "404" in found["error"]


def test_another_commit_in_the_cache_does_not_count(cache: Path) -> None:
    snapshots = cache / "hub" / "models--laion--clap-htsat-unfused" / "snapshots"
    (snapshots / KNOWN.revision).rename(snapshots / ("0" * 40))
    assert not load(KNOWN.name, cache, HF_HUB_OFFLINE="1")["before"]


def test_the_pickle_that_most_have_in_their_cache_is_found(
    stored: Files, cache: Path, cpu_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots = cache / "hub" / "models--laion--clap-htsat-unfused" / "snapshots"
    weights = snapshots / KNOWN.weights.revision / KNOWN.weights.file
    assert KNOWN.older is not None
    pickled = snapshots / KNOWN.older.revision / KNOWN.older.file
    torch.save(load_file(weights), pickled)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache / "hub"))
    preferred = cached_files(KNOWN)
    weights.unlink()
    found = cached_files(KNOWN)
    assert preferred is not None
    assert preferred.weights == (weights,)
    assert found is not None
    assert (found.weights, found.pickle_sha256) == ((pickled,), KNOWN.older.sha256)
    assert weights_available(KNOWN.name, cpu_settings)
    with pytest.raises(ModelError, match="not the file that foundsound knows"):  # this one is ours
        create_clap(KNOWN.name, cpu_settings).embed_text(["rain"])


def test_every_checkpoint_is_pinned_and_named_by_its_commits(settings: Settings) -> None:
    versions = set()
    for name, known in CHECKPOINTS.items():
        for commit in (known.revision, known.weights.revision):
            assert len(commit) == 40
            assert int(commit, 16) >= 0
        for form in known.forms:
            assert len(form.sha256) == (64 if form.file.endswith(".bin") else 0)
        version = create_clap(name, settings).version
        assert known.revision[:10] in version
        assert known.weights.revision[:10] in version
        versions.add(version)
    assert len(versions) == len(CHECKPOINTS)
