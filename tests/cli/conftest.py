from pathlib import Path

import pytest

from tests.process import Cli


@pytest.fixture
def cli(tmp_path: Path, cache_dir: Path) -> Cli:
    return Cli(tmp_path / "library", cache_dir)
