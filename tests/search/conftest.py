"""A library of the demo's synthesised sounds, indexed once for all tests of search."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile

from demo.catalogue import RECIPES
from demo.synth.signals import RATE
from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.results import Hit, SearchResult
from foundsound.search.searcher import Searcher
from tests.conftest import indexed_library

CHOSEN = (
    *("rain_", "thunder_", "radio_between", "stream_", "basin", "OCEAN", "pouring", "WATR"),
    *("songbird", "dawn_chorus", "baby_chicks", "crickets", "crow_", "air_raid", "ALRMSirn"),
    *("siren_yelp", "car_alarm", "BELLChrch", "bicycle_bell", "handbell", "school_bell"),
    *("busy_signal", "dial_tone", "rotary", "AEROHeli", "chainsaw", "car_accel", "organ"),
)
Ask = Callable[..., SearchResult]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sounds."""
    folder = tmp_path_factory.mktemp("demo")
    for recipe in RECIPES:
        path = folder / recipe.path
        if path.name.startswith(CHOSEN) and path.suffix != ".mp3":
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, recipe.sound(), RATE)
    return folder


@pytest.fixture(scope="session")
def searched(
    demo: Path,
    tmp_path_factory: pytest.TempPathFactory,
    cache_dir: Path,
    session_database_url: str | None,
) -> Iterator[Library]:
    """The library, open; tests only read it."""
    data_dir = tmp_path_factory.mktemp("searched")
    with indexed_library(data_dir, cache_dir, session_database_url, demo) as library:
        yield library


@pytest.fixture(scope="session")
def searcher(searched: Library) -> Searcher:
    return Searcher(searched)


@pytest.fixture(scope="session")
def ask(searcher: Searcher) -> Ask:
    """Ask with the fields of a query as keywords; weak hits are shown unless it says otherwise."""
    return lambda **fields: searcher.search(Query.model_validate({"show_weak": True, **fields}))


def names(result: SearchResult) -> list[str]:
    return [os.path.basename(hit.path) for hit in result.hits]


def hit_of(result: SearchResult, start: str) -> Hit:
    (found,) = (hit for hit in result.hits if os.path.basename(hit.path).startswith(start))
    return found
