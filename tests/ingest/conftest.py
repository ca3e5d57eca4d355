"""Fixtures of the suites that index."""

from pathlib import Path

import pytest

from foundsound.library import Library
from tests.conftest import Index


@pytest.fixture
def indexed(library: Library, index: Index, sounds: Path) -> Library:
    index(sounds)
    return library
