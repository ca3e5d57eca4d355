"""Filters on a catalogue: complete, exact, and right after a file has moved."""

import base64
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from foundsound.catalog.tags import add_tags, remove_tags
from foundsound.errors import InvalidRequest
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search import matching
from foundsound.search.query.query import Query
from foundsound.search.results import SearchResult
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from ingest.run import index_paths
from tests.databases import both_databases
from tests.signals import noise, tone, write

Find = Callable[..., list[str]]

FILES = {
    "nas/Ambience/City/Straße_am_Fluß.wav": (1.0, 48_000, 2),
    "nas/Ambience/City Park/DOORWood_Heavy oak slam_01.wav": (2.0, 44_100, 1),
    "nas/Ambience/metal_door.flac": (3.0, 96_000, 1),
    "nas/Music/Übung 100%.wav": (1.5, 44_100, 2),
    "nas/Music/loop_a.flac": (0.5, 44_100, 1),
    "nas/top.wav": (2.5, 22_050, 1),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, (name, (seconds, rate, channels)) in enumerate(FILES.items()):
        sound = noise(seconds, rate, channels, seed=number)
        write(tmp_path / name, sound, rate)
    return tmp_path


# These tests are about filters and pages alone, whatever answers the text.
ALL: dict[str, object] = {"show_weak": True, "fold": False}


@pytest.fixture
def find(library: Library, folder: Path) -> Find:
    """Stems of the files that a typed query finds, after indexing ``folder/nas``."""
    searcher = Searcher(library)
    index_paths(library, [folder / "nas"], IndexProgress(), lambda _: None, threading.Event())

    def run(text: str, **fields: object) -> list[str]:
        asked = Query.model_validate({"text": text, "limit": 100, **ALL, **fields})
        return sorted(Path(hit.path).stem.split("_")[0] for hit in searcher.search(asked).hits)

    return run


DOOR, LOOP, METAL, STREET, TOP, UEBUNG = "DOORWood", "loop", "metal", "Straße", "top", "Übung 100%"


FITTING = {
    "dur:<1": [LOOP],
    "dur:1..2": [DOOR, STREET, UEBUNG],
    "dur:2": [DOOR, UEBUNG],
    "sr:>=48k": [METAL, STREET],
    "ch:stereo": [STREET, UEBUNG],
    "ch:6": [],
    "fmt:flac": [LOOP, METAL],
    "-fmt:flac ch:1": [DOOR, TOP],
    "fmt:wav,flac ch:2": [STREET, UEBUNG],
    "size:>1gb": [],
    "added:>=2026 dur:<1": [LOOP],
    "added:<2020": [],
    "folder:city": [STREET],
    "folder:City*": [DOOR, STREET],
    'folder:"Ambience"': [DOOR, METAL, STREET],
    'folder:"Ambience/City Park"': [DOOR],
    "folder:nas/Music": [LOOP, UEBUNG],
    "folder:Park": [],
    "-folder:Ambience": [LOOP, TOP, UEBUNG],
    "folder:Music folder:City": [LOOP, STREET, UEBUNG],
    "root:nas ch:2": [STREET, UEBUNG],
    "root:na* dur:<1": [LOOP],
    "root:other": [],
    "-root:nas": [],
    "name:*slam*": [DOOR],
    "name:SLAM": [DOOR],
    "name:*_a": [LOOP],
    "name:*.flac": [LOOP, METAL],
    "name:m*": [METAL],
    "name:????.wav": [],
    "name:t?p": [TOP],
    "name:100%": [UEBUNG],
    "name:100_": [],
    "name:übung": [UEBUNG],
    "name:straße": [STREET],
    "-name:*o* -name:*ü*": [STREET],
    '"metal door"': [METAL],
    '"heavy OAK"': [DOOR],
    '"ambience" "metal"': [METAL],
    '-"*u*"': [DOOR, METAL, TOP],
    '"meta"': [],
    '"meta*"': [METAL],
    "words:loop": [LOOP],
    "words:zzz": [],
}


@both_databases
def test_a_filter_finds_exactly_what_fits(find: Find) -> None:
    expected = {filters: sorted(found) for filters, found in FITTING.items()}
    assert {filters: find(f"noise {filters}") for filters in FITTING} == expected


@both_databases
def test_filters_alone_find_the_same(find: Find) -> None:
    alone = [filters for filters in FITTING if filters[0] != '"']  # quotes describe, too
    assert {each: find(each) for each in alone} == {each: sorted(FITTING[each]) for each in alone}


@both_databases
def test_filters_in_json_and_text_all_hold(find: Find) -> None:
    assert find("noise ch:2", filters={"fmt": {"any": ["wav"]}, "dur": {"lt": 1.2}}) == [STREET]
    assert find("noise fmt:wav", filters={"fmt": {"any": ["flac"]}}) == []
    assert find("fmt:.FLAC") == find("", filters={"fmt": {"any": [".FLAC"]}}) == [LOOP, METAL]


@both_databases
def test_a_moved_file_is_found_where_it_is(find: Find, folder: Path, library: Library) -> None:
    assert find("noise folder:Music name:loop*") == [LOOP]
    target = folder / "nas" / "Loops" / "renamed.flac"
    target.parent.mkdir()
    (folder / "nas/Music/loop_a.flac").rename(target)
    index_paths(library, [folder / "nas"], IndexProgress(), lambda _: None, threading.Event())
    assert find("noise folder:Music") == [UEBUNG]
    assert find("noise folder:Loops name:renamed") == ["renamed"]


@both_databases
def test_of_two_copies_the_one_that_fits_is_shown(
    find: Find, folder: Path, library: Library
) -> None:
    copy = folder / "nas" / "Doors" / "copy.wav"
    copy.parent.mkdir()
    shutil.copy(folder / "nas/top.wav", copy)
    index_paths(library, [folder / "nas"], IndexProgress(), lambda _: None, threading.Event())
    assert find("noise folder:Doors") == find("folder:Doors") == ["copy"]
    assert find("noise name:top") == [TOP]
    assert find("noise name:top folder:Doors") == []  # no one place is both
    assert len(find("dur:>0")) == len(find("noise")) == len(FILES)
    assert "copy" in find("noise -name:top")


@both_databases
def test_within_refines_an_earlier_result(find: Find, library: Library) -> None:
    searcher = Searcher(library)
    stereo = [
        hit.sound_id for hit in searcher.search(Query(text="noise ch:2", show_weak=True)).hits
    ]
    assert find("tone", within=stereo) == find("", within=stereo) == [STREET, UEBUNG]
    assert find("tone name:*slam*", within=stereo) == []
    assert find("tone folder:Music", within=[*stereo, "f" * 32]) == [UEBUNG]
    assert find("tone", within=[]) == find("", within=[]) == []


@both_databases
def test_a_filter_finds_what_fits_by_now(find: Find, library: Library) -> None:
    searcher = Searcher(library)

    def found(text: str) -> list[str]:
        hits = searcher.search(Query(text=text, show_weak=True, fold=False)).hits
        return sorted(hit.sound_id for hit in hits)

    every = found("noise dur:>0")
    assert len(every) == len(FILES)
    assert found("noise tag:wet") == found("noise tag:wet") == []
    with library.catalog.write(alone=True) as session:
        add_tags(session, every[:3], ["Wet"])
    assert found("noise tag:wet") == every[:3]
    assert found("noise -tag:wet") == every[3:]
    with library.catalog.write(alone=True) as session:
        remove_tags(session, every[:1], ["Wet"])
    assert found("noise tag:wet") == every[1:3]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Searcher]:
    """60 tones of which the lowest ten and the highest ten are marked; only read."""
    folder = tmp_path_factory.mktemp("crowded")
    settings = Settings(data_dir=folder / "library", cache_dir=cache_dir, model="starter-bridge")
    for number in range(60):
        mark = "low" if number < 10 else "high" if number >= 50 else "mid"
        path = folder / "tones" / mark / f"{number:02}.wav"
        write(path, tone(0.6, 80.0 * 1.09**number) + noise(0.6, seed=number))
    with Library(settings) as library:
        paths = [folder / "tones"]
        index_paths(library, paths, IndexProgress(), lambda _: None, threading.Event())
        yield Searcher(library)


@pytest.mark.parametrize("few", [1000, 0])
@pytest.mark.parametrize("patience", [400, 3])
def test_every_way_of_filtering_finds_the_same(
    crowded: Searcher, monkeypatch: pytest.MonkeyPatch, few: int, patience: int
) -> None:
    """Whatever the engine is told, a filtered result is the unfiltered one without the others."""
    everything = crowded.search(
        Query(text="a high tone, beep", limit=60, mode="dense", show_weak=True, fold=False)
    ).hits
    assert len(everything) == 60
    monkeypatch.setattr(matching, "FEW", few)
    monkeypatch.setattr(matching, "PATIENCE", patience)
    monkeypatch.setattr(matching, "SPARE", 1.5 if patience > 3 else 1000.0)
    for filters in ("folder:low", "-folder:high", "name:*5.wav", "folder:mid dur:<5"):
        text = f"a high tone, beep {filters}"
        allowed = {hit.sound_id for hit in crowded.search(Query(text=filters, limit=60)).hits}
        expected = [hit for hit in everything if hit.sound_id in allowed]
        for limit in (1, 4, 60):
            hits = crowded.search(
                Query(text=text, limit=limit, mode="dense", show_weak=True, fold=False)
            ).hits
            assert [h.sound_id for h in hits] == [h.sound_id for h in expected[:limit]]
            np.testing.assert_allclose(
                [h.score or 0.0 for h in hits],
                [h.score or 0.0 for h in expected[:limit]],
                atol=1e-5,
            )
        within = frozenset(list(allowed)[::2])
        hits = crowded.search(
            Query(
                text=text, within=tuple(within), limit=60, mode="dense", show_weak=True, fold=False
            )
        ).hits
        assert [h.sound_id for h in hits] == [h.sound_id for h in expected if h.sound_id in within]


ORDERS = ["relevance", "name", "-name", "duration", "-duration", "added", "-added"]


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize(
    "text", ["a high tone, beep", "a tone -noise", "dur:>0", "tone -folder:low"]
)
def test_pages_fit_together(crowded: Searcher, text: str, sort: str) -> None:
    whole = _ids(
        crowded.search(Query.model_validate({"text": text, "sort": sort, "limit": 60, **ALL}))
    )
    assert len(set(whole)) == len(whole) == (50 if "low" in text else 60)
    for sizes in ([7], [1, 20, 3], [60]):
        found: list[str] = []
        cursor: str | None = None
        for step in range(100):
            fields = {"text": text, "sort": sort, "limit": sizes[step % len(sizes)]}
            page = crowded.search(Query.model_validate({**fields, **ALL, "cursor": cursor}))
            found += _ids(page)
            cursor = page.cursor
            if cursor is None:
                break
        assert found == whole


@both_databases
def test_sorted_results_are_in_order(find: Find, library: Library) -> None:
    searcher = Searcher(library)
    for text in ("noise", "dur:>0"):
        for sort, key in (("name", _name), ("duration", _duration)):
            for direction in ("", "-"):
                query = Query.model_validate({"text": text, "sort": direction + sort, **ALL})
                keys = [key(hit.path) for hit in searcher.search(query).hits]
                assert keys == sorted(keys, reverse=bool(direction))
    assert find("noise") == find("dur:>0")


def test_a_cursor_belongs_to_its_query(crowded: Searcher) -> None:
    cursor = crowded.search(Query(text="tone", limit=5, show_weak=True, fold=False)).cursor
    assert cursor is not None
    others = ({"text": "noise"}, {"text": "tone", "sort": "name"}, {"text": "tone dur:<9"})
    for fields in others:
        with pytest.raises(InvalidRequest, match="another query"):
            crowded.search(Query.model_validate({**fields, "cursor": cursor}))
    content = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    for offset, first in ((-1, 5), (0, -1), (0, 10**9), (True, 5), ("0", 5)):
        forged = json.dumps([offset, first, content[2]]).encode()
        with pytest.raises(InvalidRequest):
            crowded.search(Query(text="tone", cursor=base64.urlsafe_b64encode(forged).decode()))
    for bad in ("", "x", cursor[:-2], "bnVsbA", "W10", "\N{SNOWMAN}"):
        with pytest.raises(InvalidRequest, match="another query"):
            crowded.search(Query(text="tone", cursor=bad))


def _ids(result: SearchResult) -> list[str]:
    return [hit.sound_id for hit in result.hits]


def _name(path: str) -> str:
    return os.path.basename(path).casefold()


def _duration(path: str) -> float:
    return next(each[0] for name, each in FILES.items() if path.endswith(os.path.basename(name)))
