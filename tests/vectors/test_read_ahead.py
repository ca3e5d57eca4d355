"""Reading the embedded store's files before searches need them."""

from pathlib import Path

import numpy as np
import pytest

from foundsound.vectors import read_ahead as ahead
from foundsound.vectors.edge_store import EdgeStore
from foundsound.vectors.index import WindowPoint
from foundsound.vectors.read_ahead import BLOCK, read_ahead


class Blocks:
    """Counts what is read, and ends it after ``most`` blocks."""

    def __init__(self, most: int = 10_000) -> None:
        self.count = 0
        self._most = most

    def __call__(self) -> bool:
        """True once enough is read."""
        self.count += 1
        return self.count >= self._most


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    """Three files of three and a half, one, and two blocks; the last one holds codes."""
    folder = tmp_path / "segments" / "1" / "vectors"
    folder.mkdir(parents=True)
    for name, size in (("matrix.dat", 3.5), ("page.dat", 1), ("quantized.data", 2)):
        (folder / name).write_bytes(bytes(int(size * BLOCK)))
    return tmp_path


def test_every_file_is_read_but_the_codes(shard: Path) -> None:
    blocks = Blocks()
    assert read_ahead(shard, blocks)
    assert blocks.count == 4 + 1


def test_it_ends_early(shard: Path) -> None:
    blocks = Blocks(most=2)
    assert not read_ahead(shard, blocks)
    assert blocks.count == 2


def test_nothing_is_read_of_more_than_a_quarter_of_the_memory(
    shard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = Blocks()
    monkeypatch.setattr(ahead, "_memory", lambda: 4 * int(4.5 * BLOCK) - 1)
    assert not read_ahead(shard, blocks)
    assert blocks.count == 0
    monkeypatch.setattr(ahead, "_memory", lambda: 4 * int(4.5 * BLOCK))
    assert read_ahead(shard, blocks)


def test_the_store_is_read_when_it_is_to_be_warm_and_after_it_was_tidied(tmp_path: Path) -> None:
    index = EdgeStore(tmp_path).open("k", 4)
    blocks = Blocks()
    index.optimize()
    assert blocks.count == 0  # nobody asked for it
    index.upsert([WindowPoint("s", 0, 0.0, 1.0, np.eye(4, dtype=np.float32)[0])])
    index.warm(blocks)
    once = blocks.count
    assert once > 0
    index.optimize()
    assert blocks.count > once
    index.close()
