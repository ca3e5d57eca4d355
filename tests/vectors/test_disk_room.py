"""The embedded store on a disk that is about to be full: it refuses to write, and still answers."""

from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from foundsound.errors import Unavailable
from foundsound.vectors.edge_store import EdgeStore
from foundsound.vectors.index import WindowPoint
from foundsound.vectors.lexical import LexicalPoint, SparseTerms

Usage = namedtuple("Usage", "total used free")
SOUND = f"{1:032x}"
VECTOR = np.eye(4, dtype=np.float32)[0]
TERMS = SparseTerms(np.array([7], np.uint32), np.array([1.0], np.float32))


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is left on the disk."""
    left = [2**30]
    usage = lambda _: Usage(2**30, 0, left[0])  # noqa: E731
    monkeypatch.setattr("foundsound.vectors.disk_room.shutil.disk_usage", usage)
    return left


def test_nothing_is_written_where_there_is_no_room(tmp_path: Path, free: list[int]) -> None:
    store = EdgeStore(tmp_path)
    vectors, words = store.open("space", 4), store.open_words("words")
    free[0] = 2**20
    for _ in range(2):
        with pytest.raises(Unavailable, match="is full: the vectors need 32 MiB"):
            vectors.upsert([WindowPoint(SOUND, 0, 0.0, 1.0, VECTOR)])
        with pytest.raises(Unavailable, match="is full"):
            words.upsert([LexicalPoint(SOUND, TERMS)])
        vectors.optimize()
        words.optimize()
        assert list(vectors.search(VECTOR, 1)) == []
        assert list(words.search(TERMS, 1)) == []
    with pytest.raises(Unavailable, match="is full"):
        store.open("another", 4)
    free[0] = 2**30
    vectors.upsert([WindowPoint(SOUND, 0, 0.0, 1.0, VECTOR)])
    words.upsert([LexicalPoint(SOUND, TERMS)])
    vectors.optimize()
    assert [hit.sound_id for hit in vectors.search(VECTOR, 1)] == [SOUND]
    assert [hit.sound_id for hit in words.search(TERMS, 1)] == [SOUND]
    vectors.close()
    words.close()
    store.open("another", 4).close()
