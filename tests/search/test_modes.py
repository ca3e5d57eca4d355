"""Search by ear, by words, and by both, on a real library."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from foundsound.catalog.tags import add_tags
from foundsound.errors import InvalidRequest
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.results import Hit, SearchResult
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from ingest.run import index_paths
from tests.search.conftest import Ask, hit_of, names
from tests.signals import noise, write

FILES = [
    "Weather/Rain on tin roof.wav",
    "Weather/Rain with thunder.wav",
    "Weather/Wind.wav",
    "Doors/DOORWood_Heavy oak slam_FSND_01.wav",
    "Doors/Metal door.wav",
    "Thunder/calm.wav",
    "Misc/unnamed 001.wav",
]
Find = Callable[..., SearchResult]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Library]:
    """A library of noises: only their names tell them apart."""
    folder = tmp_path_factory.mktemp("named")
    for seed, name in enumerate(FILES):
        write(folder / "sfx" / name, noise(1.0, seed=seed))
    settings = Settings(data_dir=folder / "library", cache_dir=cache_dir, model="starter-bridge")
    with Library(settings) as opened:
        index_paths(opened, [folder / "sfx"], IndexProgress(), lambda _: None, threading.Event())
        yield opened


@pytest.fixture(scope="module")
def find(library: Library) -> Find:
    searcher = Searcher(library)
    return lambda text, **fields: searcher.search(
        Query.model_validate({"show_weak": True, **fields, "text": text})
    )


def stems(result: SearchResult) -> list[str]:
    return [Path(hit.path).stem for hit in result.hits]


def words_of(hit: Hit) -> set[tuple[str, str, str]]:
    return {(each.word, each.found, each.field.value) for each in hit.words}


def test_lexical_finds_what_is_said_and_nothing_else(find: Find) -> None:
    result = find("tin roof", mode="lexical")
    assert stems(result) == ["Rain on tin roof"]
    (hit,) = result.hits
    assert words_of(hit) == {("tin", "tin", "name"), ("roof", "roof", "name")}
    assert hit.score is None
    assert hit.heard is None
    assert hit.said is not None
    assert (hit.said.rank, hit.start_s, hit.end_s) == (1, 0.0, 1.0)
    assert find("trombone", mode="lexical").hits == []


def test_a_word_like_on_is_no_answer_where_others_were_typed(library: Library, find: Find) -> None:
    searcher = Searcher(library)
    typed = Query(text="trombone on velvet", mode="lexical")
    assert searcher.search(typed).hits == []
    assert stems(searcher.search(Query(text="rain on velvet", mode="lexical")))[0].startswith(
        "Rain on"
    )
    assert stems(find("on", mode="lexical")) == ["Rain on tin roof"]


def test_lexical_needs_no_model(
    find: Find, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("it was asked")

    monkeypatch.setattr(library.embedder, "embed_text", fail)
    assert stems(find("wind", mode="lexical")) == ["Wind"]
    with pytest.raises(AssertionError):
        find("wind")


def test_a_name_that_says_it_all_comes_first_and_everything_follows(find: Find) -> None:
    result = find("oak door slam", limit=50)
    assert len(result.hits) == len(FILES)
    first = result.hits[0]
    assert Path(first.path).stem.startswith("DOORWood")
    assert {(word, field) for word, _, field in words_of(first)} == {
        ("oak", "name"),
        ("slam", "name"),
        ("door", "category"),
    }
    assert first.heard is not None
    assert first.said is not None
    assert first.score is not None
    contributions = [
        sum(ranking.contribution for ranking in (hit.heard, hit.said) if ranking)
        for hit in result.hits
    ]
    assert contributions == sorted(contributions, reverse=True)
    without = [hit for hit in result.hits if "oor" not in hit.path]
    assert all(hit.said is None and not hit.words for hit in without)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_bars_fall_along_the_order_and_words_make_them_longer(find: Find, mode: str) -> None:
    result = find("wind, rain, oak door", mode=mode, limit=50)
    bars = [hit.bar for hit in result.hits if hit.bar is not None]
    assert len(bars) == len(result.hits) > 2
    assert bars == sorted(bars, reverse=True)
    whole = find("oak door slam", mode=mode).hits[0].bar or 0.0
    assert (whole > 0.9) is (mode != "dense")  # nothing but noise is heard
    pages = find("wind, rain, oak door", mode=mode, limit=2)
    following = find("wind, rain, oak door", mode=mode, limit=2, cursor=pages.cursor)
    assert [hit.bar for hit in (*pages.hits, *following.hits)] == bars[:4]


def test_the_place_of_what_is_heard_weakly_counts_little(find: Find) -> None:
    """RRF alone gives the nearest sound for "zxcvbnm" what it gives that for "noise"."""
    weak, strong = (find(text, mode="dense").hits[0] for text in ("meowing cat", "white noise"))
    assert weak.heard is not None
    assert strong.heard is not None
    assert weak.heard.rank == strong.heard.rank == 1
    assert weak.heard.contribution < strong.heard.contribution / 2


def test_dense_never_asks_for_words(find: Find) -> None:
    result = find("oak door slam -wind", mode="dense", limit=50)
    assert all(hit.said is None and not hit.words for hit in result.hits)
    assert [hit.heard.rank for hit in result.hits if hit.heard and hit.demoted_by is None]


def test_a_name_that_says_what_is_unwanted_comes_last(find: Find) -> None:
    for mode in ("hybrid", "lexical"):
        result = find("rain, no thunder", mode=mode, limit=50)
        named = hit_of(result, "Rain with thunder")
        assert named.demoted_by == 1
        kept = [hit for hit in result.hits if hit.demoted_by is None]
        assert Path(kept[0].path).stem == "Rain on tin roof"
        assert result.hits.index(named) >= len(kept)
        # A folder's name alone proves little of a sound.
        calm = [hit for hit in result.hits if Path(hit.path).stem == "calm"]
        assert all(hit.demoted_by is None for hit in calm) or mode == "hybrid"


def test_what_sets_the_unwanted_apart_is_what_counts(find: Find) -> None:
    """Every door is a door: of "metal door" it is "metal" that is not wanted."""
    for mode in ("hybrid", "lexical"):
        result = find("door, no metal door", mode=mode, limit=50)
        metal, oak = hit_of(result, "Metal door"), hit_of(result, "DOORWood")
        assert metal.demoted_by == 1
        assert oak.demoted_by is None or mode == "hybrid"  # all these noises sound the same
    roof = find("rain, no roof rain", mode="lexical")  # the name does not say it in this order
    assert hit_of(roof, "Rain on tin roof").demoted_by == 1
    assert find("rain, no rain", mode="lexical").hits[0].demoted_by == 1  # nothing is apart


def test_filters_hold_for_words_too(find: Find) -> None:
    assert stems(find("rain folder:Doors", mode="lexical")) == []
    assert stems(find("rain name:*tin*", mode="lexical")) == ["Rain on tin roof"]
    every = find("door", limit=50)
    ids = [hit.sound_id for hit in every.hits if "Weather" in hit.path]
    within = find("door rain", within=tuple(ids), limit=50)
    assert {hit.sound_id for hit in within.hits} == set(ids)
    assert stems(find("rain", mode="lexical", within=())) == []


@pytest.mark.parametrize("words", ["001", "r?in", "*oo*", "Heavy oak", "with"])
def test_quoted_words_alone_find_all_that_hold_them(find: Find, words: str) -> None:
    held = {hit.sound_id for hit in find(f'words:"{words}"').hits}
    assert held
    for mode in ("hybrid", "dense", "lexical"):
        found = find(f'"{words}"', mode=mode, show_weak=False, facets=("format",))
        assert {hit.sound_id for hit in found.hits} == held
        assert (found.answered, found.facets and found.facets.sounds) == (True, len(held))
    unwanted = find(f'"{words}" -zither', show_weak=False)  # the model has no ear for names
    assert {hit.sound_id for hit in unwanted.hits} <= held
    assert unwanted.answered


def test_pages_fit_together_in_every_mode(find: Find) -> None:
    for mode in ("hybrid", "lexical", "dense"):
        whole = stems(find("rain door wind", mode=mode, limit=50))
        pages: list[str] = []
        cursor = None
        while True:
            page = find("rain door wind", mode=mode, limit=2, cursor=cursor)
            pages += stems(page)
            cursor = page.cursor
            if cursor is None:
                break
        assert pages == whole


def test_a_tag_is_found_once_its_words_are_written(find: Find, library: Library) -> None:
    (hit,) = [hit for hit in find("x", limit=50).hits if "unnamed" in hit.path]
    with library.catalog.write() as session:
        add_tags(session, [hit.sound_id], ["Trailer boom"])
    library.refresh_words()
    (found,) = find("trailer", mode="lexical").hits
    assert words_of(found) == {("trailer", "Trailer", "tag")}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "the of"}, "No word here says anything"),
        ({"text": "rain", "parts": [{"type": "item", "sound_id": "0" * 32}]}, "no words to look"),
    ],
)
def test_lexical_without_words_is_refused(ask: Ask, fields: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        ask(**fields, mode="lexical")


def test_hybrid_without_words_is_what_is_heard(ask: Ask) -> None:
    """A sound that is shown is only ever heard, and so is a text that says nothing."""
    rain = hit_of(ask(text="rain", limit=50), "rain_light")
    shown = {"type": "item", "sound_id": rain.sound_id}
    assert names(ask(parts=[shown], limit=50)) == names(ask(parts=[shown], limit=50, mode="dense"))
    assert names(ask(text="what is that", limit=9)) == names(
        ask(text="what is that", limit=9, mode="dense")
    )


def test_a_mistyped_word_says_what_it_was_taken_for(ask: Ask) -> None:
    hit = ask(text="helicoptre", mode="lexical").hits[0]
    assert [(each.word, each.found) for each in hit.words] == [("helicoptre", "Helicopter")]


def test_orders_put_the_fused_ones_in_order(ask: Ask) -> None:
    fused = {hit.sound_id for hit in ask(text="rain", limit=1000).hits}
    by_name = ask(text="rain", sort="name", limit=1000)
    assert {hit.sound_id for hit in by_name.hits} == fused
    assert names(by_name) == sorted(names(by_name), key=str.casefold)


def test_words_beside_a_sound_choose_among_what_is_near(ask: Ask) -> None:
    rain = hit_of(ask(text="heavy rain", limit=3), "rain_heavy")
    example = [{"type": "item", "sound_id": rain.sound_id}]

    def first(weight: float) -> str:
        return names(ask(text="church bell", text_weight=weight, parts=example))[0]

    assert first(0.75).startswith("BELLChrch")
    for weight in (0.1, 0.2, 0.25):  # its name says it all, and it is nothing like rain
        assert not first(weight).startswith("BELLChrch")
