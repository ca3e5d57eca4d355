"""A model in a directory, from the command line: index, search, check."""

import json
import shutil
from pathlib import Path

import pytest

from tests.embedding.clap.conftest import Folder
from tests.process import Cli


class ReferenceCli(Cli):
    """Runs the reference: converting a model for another runtime takes longer than the test."""

    @property
    def environment(self) -> dict[str, str]:
        reference = {"FOUNDSOUND_DEVICE": "cpu", "FOUNDSOUND_CLAP_RUNTIME": "torch-fp32"}
        return super().environment | reference


@pytest.fixture
def cli(tmp_path: Path, cache_dir: Path) -> Cli:
    return ReferenceCli(tmp_path / "library", cache_dir)


def test_index_and_search_with_a_model_directory(
    cli: Cli, clap_folder: Folder, sounds: Path
) -> None:
    model = str(clap_folder("nano"))
    done = cli.run("index", sounds, "--model", model)
    assert done.returncode == 0, done.stderr
    found = cli.json("search", "--like", sounds / "tone.flac", "--model", model, "--weak")
    assert Path(found["hits"][0]["path"]).name == "tone.flac"
    assert found["hits"][0]["score"] > 0.99
    assert len(found["hits"]) == 3
    by_text = cli.json("search", "a dog barking", "--model", model, "--weak")
    assert len(by_text["hits"]) == 3


def test_the_check_of_a_model_directory(cli: Cli, clap_folder: Folder, tmp_path: Path) -> None:
    done = cli.run("model", "self-check", "--model", str(clap_folder("nano")))
    assert done.returncode == 0, done.stderr
    assert "works" in done.stdout
    assert done.stderr == ""
    empty = tmp_path / "empty"
    empty.mkdir()
    refused = cli.run("model", "self-check", "--model", str(empty))
    assert refused.returncode == 2
    assert "config.json" in refused.stderr


def test_a_front_end_that_does_not_fit_is_refused_in_a_sentence(
    cli: Cli, clap_folder: Folder, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(clap_folder("nano"), tmp_path / "model"))
    file = folder / "preprocessor_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"truncation": "fusion"}))
    refused = cli.run("model", "self-check", "--model", str(folder))
    assert refused.returncode == 2
    assert "set truncation to rand_trunc" in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
