import threading

from foundsound.catalog.database import Catalog
from foundsound.catalog.roots import root_for
from foundsound.catalog.until_changed import UntilChanged
from tests.databases import both_databases


class Reads:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def change(catalog: Catalog, path: bytes) -> None:
    with catalog.write() as session:
        root_for(session, path)


@both_databases
def test_a_value_is_read_again_after_any_commit(catalog: Catalog) -> None:
    known, read = UntilChanged[int](catalog, 10), Reads()
    assert [known.get("a", read), known.get("a", read)] == [1, 1]
    change(catalog, b"/one")
    assert [known.get("a", read), known.get("a", read)] == [2, 2]
    with catalog.read() as session:
        session.connection()
    assert known.get("a", read) == 2
    thread = threading.Thread(target=change, args=(catalog, b"/two"))
    thread.start()
    thread.join()
    assert known.get("a", read) == 3


@both_databases
def test_a_value_read_during_a_commit_is_not_kept(catalog: Catalog) -> None:
    known, read = UntilChanged[int](catalog, 10), Reads()

    def disturbed() -> int:
        change(catalog, b"/one")
        return read()

    assert known.get("a", disturbed) == 1
    assert [known.get("a", read), known.get("a", read)] == [2, 2]


def test_what_was_not_used_longest_is_forgotten_first(catalog: Catalog) -> None:
    known, read = UntilChanged[int](catalog, 10, lambda value: 4), Reads()
    assert [known.get(key, read) for key in "abac"] == [1, 2, 1, 3]
    assert known.get("a", read) == 1
    assert known.get("b", read) == 4
    heavy = UntilChanged[int](catalog, 3, lambda value: 4)
    assert heavy.get("a", Reads()) == 1
    assert heavy.get("a", lambda: 7) == 7
