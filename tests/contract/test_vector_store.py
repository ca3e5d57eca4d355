"""One suite for every VectorStore: spaces stay apart, and one of them serves."""

import numpy as np
import pytest

from foundsound.errors import LibraryError
from foundsound.vectors.index import WindowPoint
from foundsound.vectors.server_store import ServerStore
from foundsound.vectors.store import check_space, space_name
from tests.contract.stores import OpenStore

BLUE, GREEN = "blue-1-d4-w10", "/home/x/My model@abc-d8-w10"


def point(dim: int) -> WindowPoint:
    return WindowPoint("sound", 0, 0.0, 1.0, np.eye(dim, dtype=np.float32)[0])


def test_spaces_of_unlike_dimension_lie_side_by_side(open_store: OpenStore) -> None:
    store = open_store()
    assert not store.exists(BLUE)
    blue, green = store.open(BLUE, 4), store.open(GREEN, 8)
    blue.upsert([point(4)])
    assert (blue.count(), green.count()) == (1, 0)
    assert store.exists(BLUE)
    assert store.exists(GREEN)
    blue.close()
    green.close()


def test_whose_store_it_is_is_there_after_reopening(open_store: OpenStore) -> None:
    assert open_store().mark() is None
    for mark in ("a" * 32, "b" * 32):
        open_store().set_mark(mark)
        assert open_store().mark() == mark
    open_store().open(BLUE, 4).close()
    assert open_store().mark() == mark


def test_the_mark_moves_and_is_there_after_reopening(open_store: OpenStore) -> None:
    store = open_store()
    for key, dim in ((BLUE, 4), (GREEN, 8)):
        store.open(key, dim).close()
    assert store.serving() is None
    for key in (BLUE, GREEN, GREEN, BLUE):
        store.serve(key)
        assert store.serving() == space_name(key)
        assert open_store().serving() == space_name(key)
        store = open_store()


def test_a_dropped_space_is_gone_and_can_be_made_anew(open_store: OpenStore) -> None:
    store = open_store()
    store.drop(BLUE)
    for key, dim in ((BLUE, 4), (GREEN, 8)):
        index = store.open(key, dim)
        index.upsert([point(dim)])
        index.close()
    store.drop(BLUE)
    assert not store.exists(BLUE)
    anew = store.open(BLUE, 4)
    assert anew.count() == 0
    anew.close()
    green = store.open(GREEN, 8)
    assert green.count() == 1
    green.close()


def test_a_space_of_another_key_is_refused(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    store.open(BLUE, 4).close()
    # As if a folder or a collection had been renamed by hand.
    module = "server_store" if isinstance(store, ServerStore) else "edge_store"
    monkeypatch.setattr(f"foundsound.vectors.{module}.space_name", lambda _: space_name(BLUE))
    with pytest.raises(LibraryError, match="belong to the space 'blue-1"):
        store.open(GREEN, 4)


def test_names_are_plain_and_unequal() -> None:
    keys = [BLUE, GREEN, "/home/x/My model", "/home/x/My_model", "a/b", "a_b", "é" * 300, "../x"]
    names = [space_name(key) for key in keys]
    assert names[0] == BLUE
    assert len(set(names)) == len(keys)
    for name in names:
        assert len(name) <= 120
        assert name.replace("-", "").replace("_", "").replace(".", "").isalnum()
        assert name.isascii()
        assert not name.startswith(".")


def test_a_matching_key_is_no_error() -> None:
    check_space(BLUE, BLUE, "anywhere")
