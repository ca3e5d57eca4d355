"""Fixtures of the suites that index."""

from pathlib import Path

import pytest

from foundsound.catalog.database import Catalog
from foundsound.library import Library
from foundsound.mounts import Mount
from ingest import scan as scan_module
from tests.conftest import Index
from tests.ingest.scanned_tree import Tree


@pytest.fixture
def indexed(library: Library, index: Index, sounds: Path) -> Library:
    index(sounds)
    return library


@pytest.fixture
def tree(tmp_path: Path, catalog: Catalog) -> Tree:
    return Tree(tmp_path / "root", catalog)


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> list[Mount]:
    """What the system says is mounted."""
    table = [Mount(b"/", "ext4")]
    monkeypatch.setattr(scan_module, "mounts", lambda: list(table))
    return table
