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


@both_databases
def test_the_version_is_asked_once_where_that_is_wanted(catalog: Catalog) -> None:
    known, read = UntilChanged[int](catalog, 10), Reads()
    with catalog.version_once():
        before = catalog.version()
        change(catalog, b"/one")
        assert catalog.version() == before
        assert [known.get("a", read), known.get("a", read)] == [1, 1]
    assert catalog.version() != before
    assert known.get("a", read) == 2


def test_of_several_values_those_that_are_not_known_are_read_together(catalog: Catalog) -> None:
    known, asked = UntilChanged[int](catalog, 3), list[list[str]]()

    def read(keys: list[str]) -> dict[str, int]:
        asked.append(sorted(keys))
        return {key: len(asked) for key in keys if key != "none"}

    assert known.get_each(["a", "b", "none"], read) == {"a": 1, "b": 1}
    assert known.get_each(["b", "none", "c"], read) == {"b": 1, "c": 2}
    assert known.get_each(["a", "b"], read) == {"a": 1, "b": 1}
    change(catalog, b"/one")
    assert known.get_each(["a", "b"], read) == {"a": 3, "b": 3}
    assert asked == [["a", "b", "none"], ["c", "none"], ["a", "b"]]


@both_databases
def test_several_values_are_read_again_after_any_commit(catalog: Catalog) -> None:
    known, read = UntilChanged[int](catalog, 10), Reads()
    for path in (b"/one", b"/two"):
        change(catalog, path)
        first = known.get_each(["a", "b"], lambda keys: dict.fromkeys(keys, read()))
        assert first == {"a": read.times, "b": read.times}
    change(catalog, b"/three")
    assert known.get_each(["a"], lambda _: {}) == {}


def test_what_was_not_used_longest_is_forgotten_first(catalog: Catalog) -> None:
    known, read = UntilChanged[int](catalog, 10, lambda value: 4), Reads()
    assert [known.get(key, read) for key in "abac"] == [1, 2, 1, 3]
    assert known.get("a", read) == 1
    assert known.get("b", read) == 4
    heavy = UntilChanged[int](catalog, 3, lambda value: 4)
    assert heavy.get("a", Reads()) == 1
    assert heavy.get("a", lambda: 7) == 7
