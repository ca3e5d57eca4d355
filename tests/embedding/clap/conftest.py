"""Fixtures: models with random weights, written once a session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from foundsound.settings import Settings
from tests.clap_models import Size, save_random_clap

Folder = Callable[[Size], Path]


@pytest.fixture(scope="session")
def clap_folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The directory of a model of the given size."""
    made: dict[Size, Path] = {}

    def folder(size: Size) -> Path:
        if size not in made:
            made[size] = save_random_clap(tmp_path_factory.mktemp("clap") / size, size)
        return made[size]

    return folder


@pytest.fixture
def cpu_settings(settings: Settings) -> Settings:
    """The reference on two threads of the CPU, so that every machine measures the same."""
    return settings.model_copy(update={"device": "cpu", "threads": 2, "clap_runtime": "torch-fp32"})
