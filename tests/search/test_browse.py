"""Filters alone: orders, and pages that hold while the library changes."""

import pytest
from sqlalchemy import delete, select

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root, Sound, SoundState, StoredAnalysis
from foundsound.errors import InvalidRequest
from foundsound.search.browse import browse
from foundsound.search.cursor import Last, Place, read_cursor, write_cursor
from foundsound.search.matching import Selection
from foundsound.search.query.filters import conditions
from foundsound.search.query.grammar import parse
from foundsound.search.query.query import Sort
from tests.databases import both_databases

pytestmark = both_databases
SORTS: list[Sort] = ["name", "-name", "duration", "-duration", "added", "loudness", "-loudness"]
COPIES = {3: "zz_last.wav", 4: "0.wav", 9: "m_middle.wav"}


def sound_id(number: int) -> str:
    return f"{number:032x}"


def add(catalog: Catalog, numbers: range) -> None:
    """Sounds of which every fourth has no loudness, and many are equally long."""
    with catalog.write() as session:
        root = session.scalar(select(Root))
        if root is None:
            root = Root(path=b"/sfx")
            session.add(root)
            session.flush()
        for number in numbers:
            id_ = sound_id(number)
            facts = {"sample_rate": 48_000, "channels": 1, "format": "WAV", "codec": "PCM_16"}
            duration_s = 1.0 + number % 5
            shape = {"size": 1, "state": SoundState.INDEXED, "duration_s": duration_s}
            session.add(Sound(id=id_, **shape, **facts))
            session.flush()
            if number % 4:
                lufs = -10.0 - number % 7
                session.add(StoredAnalysis(sound_id=id_, version=1, loudness_lufs=lufs))
            paths = [f"f{number % 3}/{number * 7 % 20:02}_{number}.wav"]
            paths += [f"copies/{COPIES[number]}"] if number in COPIES else []
            for path in paths:
                at = {"raw_path": path.encode(), "path": path, "size": 1, "mtime_ns": 0}
                session.add(Location(root_id=root.id, sound_id=id_, **at))


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    add(catalog, range(20))
    return catalog


def page(
    catalog: Catalog, sort: Sort, last: Last | None, limit: int, text: str = "dur:>0"
) -> tuple[list[str], Last | None]:
    with catalog.read() as session:
        asked = conditions([parse(text).filters], session.scalars(select(Root)).all())
        found, after = browse(session, Selection(asked), sort, last, limit)
    if after is not None:  # as it travels
        after = read_cursor(write_cursor(Place(0, 1, after), "x"), "x").last
    return [each.id for each in found], after


def pages(catalog: Catalog, sort: Sort, limit: int, text: str = "dur:>0") -> list[str]:
    found, last = page(catalog, sort, None, limit, text)
    whole = list(found)
    while len(found) == limit:
        found, last = page(catalog, sort, last, limit, text)
        whole += found
    return whole


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_any_size_fit_together(filled: Catalog, sort: Sort) -> None:
    whole, _ = page(filled, sort, None, 100)
    assert sorted(whole) == [sound_id(number) for number in range(20)]
    for limit in (1, 3, 7, 20):
        assert pages(filled, sort, limit) == whole


def test_the_orders(filled: Catalog) -> None:
    def numbers(sort: Sort) -> list[int]:
        return [int(id_, 16) for id_ in page(filled, sort, None, 100)[0]]

    lengths = [1 + number % 5 for number in numbers("duration")]
    assert lengths == sorted(lengths)
    lengths = [1 + number % 5 for number in numbers("-duration")]
    assert lengths == sorted(lengths, reverse=True)
    for sort, down in (("loudness", False), ("-loudness", True)):
        order = numbers("-loudness" if down else "loudness")
        known = [-10 - number % 7 for number in order if number % 4]
        assert known == sorted(known, reverse=down), sort
        assert all(number % 4 == 0 for number in order[-5:])  # unknown ones come last
    assert numbers("name")[0] == 4  # by its copy, 0.wav
    assert numbers("-name")[0] == 3  # by its copy, zz_last
    in_folder = page(filled, "name", None, 100, "folder:f0")[0]
    assert int(in_folder[-1], 16) != 3  # by the file that fits


@pytest.mark.parametrize("sort", SORTS)
def test_what_comes_and_goes_moves_no_other_sound(filled: Catalog, sort: Sort) -> None:
    before, _ = page(filled, sort, None, 100)
    first, last = page(filled, sort, None, 8)
    gone = [first[2], first[7], before[12]]  # the last one of the page, too
    with filled.write() as session:
        session.execute(delete(StoredAnalysis).where(StoredAnalysis.sound_id.in_(gone)))
        session.execute(delete(Location).where(Location.sound_id.in_(gone)))
    add(filled, range(20, 40))
    rest = []
    while True:
        found, last = page(filled, sort, last, 5)
        rest += found
        if len(found) < 5:
            break
    old = [id_ for id_ in rest if int(id_, 16) < 20]
    assert old == [id_ for id_ in before[8:] if id_ not in gone]
    assert len(set(rest)) == len(rest)


def test_a_key_of_another_order_is_refused(filled: Catalog) -> None:
    keys: list[tuple[Sort, str | float]] = [("name", 1.5), ("duration", "a"), ("added", "today")]
    for sort, key in keys:
        with pytest.raises(InvalidRequest, match="another query"):
            page(filled, sort, Last(key, "a", 1), 5)
