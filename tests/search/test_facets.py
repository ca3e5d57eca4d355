"""Facets: each count is what the search finds with the facet's filter."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import delete, select, update

from foundsound.catalog.hearing_models import Suggestion
from foundsound.catalog.marks import mark_sounds
from foundsound.catalog.models import Location, Sound, StoredMetadata
from foundsound.catalog.tags import add_tags
from foundsound.library import Library
from foundsound.search import facet_values
from foundsound.search.facet_results import NONE, Facets
from foundsound.search.query.grammar import parse
from foundsound.search.query.query import FacetName, Query
from foundsound.search.searcher import Searcher
from tests.conftest import Index
from tests.databases import both_databases
from tests.signals import noise, write

FILES = {
    "sfx/Doors/Wood/DOORWood_Heavy oak slam_01.wav": (0.5, 48_000, 1),
    "sfx/Doors/Wood/DOORWood_Light_02.wav": (1.2, 48_000, 1),
    "sfx/Doors/DOORMetl_Gate.flac": (2.0, 96_000, 2),
    "sfx/Water/WATRDrip_Sink.wav": (6.0, 44_100, 2),
    "sfx/plain.wav": (0.7, 48_000, 1),
    "other/Drip/copy.wav": (6.0, 44_100, 2),  # of the sink, which lies in two roots
}
# Folders and categories that can be taken for each other, or cannot be typed as they are.
ODD = (
    *("sfx/DOORWood_one.wav", "sfx/Doors/two.wav", "sfx/doors/three.wav"),
    *("sfx/sfx/Doors/four.wav", "sfx/Two  spaces/five.wav", 'sfx/"Quoted", listed/six.wav'),
    *("sfx/Wild*/seven.wav", "sfx/Wildcat/eight.wav", "sfx/Ärger/nine.wav"),
    *("other/Doors/Doors/ten.wav", "other/Plain/DOORMetl_eleven.wav"),
)
SUGGESTED = (
    *(("Doors/two.wav", "tag", "siren"), ("Doors/two.wav", "ucs", "ALRMSirn")),
    *(("doors/three.wav", "tag", "siren"), ("sfx/Doors/four.wav", "ucs", "VEHSirn")),
)
CALLED = {
    "Doors/two.wav": "doors",
    "doors/three.wav": "My Pads",
    "sfx/Doors/four.wav": "MY PADS",
    "Wild*/seven.wav": 'A / "B", C',
}
EVERY = get_args(FacetName)
Found = dict[tuple[str, str], int]
NAMES = ["category", "format", "duration", "folder", "tag", "sample_rate", "channels"]
Ask = Callable[..., Facets]


@pytest.fixture
def ask(library: Library, index: Index, tmp_path: Path) -> Ask:
    """Facets of a typed query, over files in two roots."""
    for number, (name, (seconds, rate, channels)) in enumerate(FILES.items()):
        seed = 3 if name.startswith("other") else number
        write(tmp_path / name, noise(seconds, rate, channels, seed=seed), rate)
    index(tmp_path / "sfx", tmp_path / "other")
    searcher = Searcher(library)
    hits = searcher.search(Query(text="dur:>0 name:DOOR*", limit=10)).hits
    with library.catalog.write(alone=True) as session:
        add_tags(session, [hit.sound_id for hit in hits], ["Wet"])
        mark_sounds(session, [hits[0].sound_id], favourite=True)

    def run(text: str, **fields: object) -> Facets:
        asked = {"text": text, "facets": NAMES, "limit": 1, "show_weak": True, **fields}
        known = {name: value for name, value in asked.items() if name in Query.model_fields}
        facets = searcher.search(Query.model_validate(known)).facets
        assert facets is not None
        return facets

    return run


def counts(facets: Facets, name: str) -> dict[str, int]:
    (facet,) = (each for each in facets.facets if each.name == name)
    return {each.value: each.count for each in facet.values}


@both_databases
def test_everything_is_counted(ask: Ask, tmp_path: Path) -> None:
    for facets, complete in ((ask("dur:>0"), True), (ask(""), True), (ask("a noise"), False)):
        assert (facets.sounds, facets.complete) == (5, complete)
        assert counts(facets, "category") == {"DOORS": 3, "WATER": 1}
        assert counts(facets, "format") == {"wav": 4, "flac": 1}
        assert counts(facets, "duration") == {"under 1 s": 2, "1 to 5 s": 2, "5 to 15 s": 1}
        assert counts(facets, "tag") == {"Wet": 3, "favourite": 1}
        assert counts(facets, "sample_rate") == {"44100": 1, "48000": 3, "96000": 1}
        assert counts(facets, "channels") == {"1": 3, "2": 2}
        roots = {f"{tmp_path}/sfx": 5, f"{tmp_path}/other": 1}
        assert counts(facets, "folder") == roots


@both_databases
def test_folders_are_counted_a_level_below_the_filter(ask: Ask) -> None:
    assert counts(ask("root:sfx"), "folder") == {"sfx/Doors": 3, "sfx/Water": 1}
    assert counts(ask("folder:sfx/doors"), "folder") == {"sfx/doors/Wood": 2}
    assert counts(ask("folder:Doors"), "folder") == {"Doors/Wood": 2}
    assert counts(ask("folder:Wood"), "folder") == {}
    folders = counts(ask("", filters={"folder": {"any": ["other"]}}), "folder")
    assert folders == {"other/Drip": 1}


@both_databases
@pytest.mark.parametrize("few", [5000, 1])
def test_a_facets_filter_finds_as_many(
    ask: Ask, library: Library, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facet_values, "FEW", few)
    searcher = Searcher(library)
    for typed in ("dur:>0", "root:sfx", "folder:Doors", "tag:wet ch:1", "-cat:WATER", '-"gate"'):
        facets = ask(typed)
        assert facets.sounds == len(searcher.by_text(typed).hits)
        checked = 0
        for facet in facets.facets:
            for value in facet.values:
                narrowed = Query(text=typed, filters=parse(value.filter).filters)
                hits = searcher.search(narrowed).hits
                assert len(hits) == value.count, (typed, value)
                checked += 1
        assert checked >= 7


@both_databases
@pytest.mark.parametrize("few", [5000, 1])
def test_odd_names_are_counted_as_their_filters_find_them(
    odd: Searcher, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facet_values, "FEW", few)
    for typed in ("", "dur:>0", "root:sfx", "folder:Doors", "folder:sfx/doors", "folder:Plain"):
        assert check_every_value(odd, typed)
    found = check_every_value(odd, "root:sfx")
    assert found["category", "DOORS"] == 2  # one has two kinds of door in its copies' names
    assert found["category", "MY PADS"] == 2  # one says "My Pads"
    assert found["category", 'A / "B", C'] == 1
    assert found["suggested", "siren"] == 3  # one by a category of that name alone
    assert found["suggested", "ALARMS/SIREN"] == 1
    assert found["folder", "sfx/Doors"] == found["folder", "sfx/doors"]
    assert found["format", "opus"] == found["format", "ogg"] == 1


@pytest.fixture
def odd(library: Library, index: Index, tmp_path: Path) -> Searcher:
    """Two roots whose folders, categories and suggestions can be taken for each other."""
    for seed, name in enumerate(ODD):
        write(tmp_path / name, noise(0.5, seed=seed))
    write(tmp_path / "sfx/coded.ogg", noise(0.5, 48_000), 48_000, format="OGG", subtype="OPUS")
    for name in ("sfx/DOORMetl_again.wav", "sfx/Plain/again.wav"):  # of the first sound
        write(tmp_path / name, noise(0.5, seed=0))
    index(tmp_path / "sfx", tmp_path / "other")
    with library.catalog.write(alone=True) as session:
        ids = {
            location.path: location.sound_id
            for location in session.scalars(select(Location))
            if location.sound_id
        }
        session.execute(delete(Suggestion))
        for path, kind, value in SUGGESTED:
            session.add(Suggestion(sound_id=ids[path], kind=kind, value=value, strength=3.0))
        for path, category in CALLED.items():
            stored = session.get_one(StoredMetadata, ids[path])
            stored.category = category
    return Searcher(library)


def check_every_value(searcher: Searcher, typed: str, **fields: object) -> Found:
    """Whether every value counts what its filter finds; the counts by facet and value."""
    asked = Query.model_validate({"text": typed, "limit": 1, "facets": EVERY, **fields})
    facets = searcher.search(asked).facets
    assert facets is not None
    found: Found = {}
    for facet in facets.facets:
        for value in facet.values:
            narrowed = Query(text=typed, filters=parse(value.filter).filters, limit=1000)
            assert len(searcher.search(narrowed).hits) == value.count, (typed, value)
            found[facet.name, value.value] = value.count
    assert len(searcher.search(Query(text=typed or "dur:>0", limit=1000)).hits) == facets.sounds
    return found


def test_every_value_of_a_library_counts_what_its_filter_finds(searcher: Searcher) -> None:
    found = check_every_value(searcher, "dur:>0")
    assert {name for name, _ in found} == {*EVERY} - {"tag"}
    assert len(found) > 60


def test_under_a_text_a_filter_finds_what_was_counted_with_their_least(searcher: Searcher) -> None:
    differ = 0
    for text in ("water", "stream", "birds singing", "a bell, no church bell", "birds -crow"):
        facets = searcher.search(Query(text=text, limit=1, facets=EVERY)).facets
        assert facets is not None
        assert facets.least is not None
        asked = Query(text=text, fold=False, limit=1000)
        for value in (value for facet in facets.facets for value in facet.values):
            narrowed = asked.model_copy(update={"filters": parse(value.filter).filters})
            kept = narrowed.model_copy(update={"least": facets.least})
            assert len(searcher.search(kept).hits) == value.count, (text, value)
            differ += len(searcher.search(narrowed).hits) != value.count
    assert differ > 0  # what stands out among fewer sounds


def test_a_text_that_nothing_heard_answers_narrows_to_what_is_said(searcher: Searcher) -> None:
    asked = Query(text="zxcvb bicycle", limit=1, facets=("format",))
    facets = searcher.search(asked).facets
    assert facets is not None
    assert facets.least == NONE
    narrowed = Query(text=asked.text, filters=parse("fmt:wav").filters, least=NONE)
    assert len(searcher.search(narrowed).hits) == facets.sounds == 1


@pytest.mark.parametrize("text", ["dur:<7", "dur:2..10", "dur:>3 -fmt:mp3"])
def test_stretches_of_duration_take_the_place_of_the_querys_own(
    searcher: Searcher, text: str
) -> None:
    found = searcher.search(Query(text=text, limit=1, facets=("duration",))).facets
    assert found is not None
    (facet,) = found.facets
    assert len(facet.values) > 1
    rest = " ".join(word for word in text.split() if not word.startswith("dur:"))
    for value in facet.values:
        typed = Query(text=f"{rest} {value.filter}", fold=False, limit=1000, least=found.least)
        assert len(searcher.search(typed).hits) == value.count, value


@pytest.mark.parametrize("text", ["water", "dur:>0"])
def test_a_refined_search_counts_what_it_finds(searcher: Searcher, text: str) -> None:
    everything = Query(text=text, fold=False, limit=1000, facets=("format", "folder"))
    found = searcher.search(everything)
    some = tuple(hit.sound_id for hit in found.hits[::2])
    least = found.facets.least if found.facets else None
    refined = searcher.search(everything.model_copy(update={"within": some, "least": least}))
    assert refined.facets is not None
    assert len(refined.hits) == refined.facets.sounds == len(some)
    formats = refined.facets.facets[0]
    assert sum(value.count for value in formats.values) == len(some)
    again = searcher.search(everything).facets
    assert again is not None
    assert again.sounds == len(found.hits)


@both_databases
def test_what_is_not_at_hand_does_not_count(
    ask: Ask, index: Index, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "sfx/plain.wav").unlink()
    (tmp_path / "sfx/Water/WATRDrip_Sink.wav").unlink()  # the copy stays
    index(tmp_path / "sfx")
    for few, typed in ((5000, "dur:>0"), (0, "dur:>0.01"), (0, "")):  # or they are remembered
        facet_values.FEW, before = few, facet_values.FEW
        try:
            facets = ask(typed)
        finally:
            facet_values.FEW = before
        assert facets.sounds == 4
        assert counts(facets, "format") == {"wav": 3, "flac": 1}
        assert counts(facets, "category") == {"DOORS": 3}  # the copy's name says nothing
        assert counts(facets, "tag") == {"Wet": 3, "favourite": 1}
    with library.catalog.write() as session:
        session.execute(update(Sound).values(duration_s=None))
    assert ask("").sounds == 0


def test_a_page_may_leave_the_facets_out(ask: Ask, library: Library) -> None:
    searcher = Searcher(library)
    first = searcher.search(Query(text="dur:>0", limit=2, facets=("tag",)))
    assert [facet.name for facet in first.facets.facets] == ["tag"] if first.facets else False
    again = Query(text="dur:>0", limit=2, cursor=first.cursor)
    second = searcher.search(again)
    assert second.facets is None
    assert len({hit.sound_id for hit in (*first.hits, *second.hits)}) == 4
