"""A library on servers: any number of processes have it open, and agree."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from foundsound.catalog.backlog import enqueue_lacking
from foundsound.catalog.queue import claim, database_now, release_all
from foundsound.catalog.spaces import active_space, retire_space, space_statuses
from foundsound.catalog.vectors_mark import say_vectors_are_lost
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.registry import create_embedder
from foundsound.errors import LibraryBusy, LibraryError, NotFound, Unavailable
from foundsound.indexing import IndexProgress, Switch
from foundsound.library import LAST_SEARCHES_S, Library
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from foundsound.vectors.connect import connect
from ingest.pipeline import Pipeline
from ingest.purge import is_due as purge_is_due
from ingest.purge import purge
from ingest.run import index_paths
from ingest.switch import switch_model
from ingest.upkeep import keep_up
from tests.finding import nearest
from tests.qdrant_process import QdrantProcess
from tests.signals import noise, tone, write

Open = Callable[..., Library]


@pytest.fixture
def on_servers(
    tmp_path: Path, cache_dir: Path, postgres_url: str, qdrant_server: QdrantProcess
) -> Settings:
    return Settings(
        data_dir=tmp_path / "here",
        cache_dir=cache_dir,
        model="auto",
        database_url=postgres_url,
        qdrant_url=qdrant_server.url,
        qdrant_prefix=f"test-{uuid4().hex}",
    )


@pytest.fixture
def open_library(on_servers: Settings) -> Iterator[Open]:
    """Open the library as a machine with a folder of its own."""
    with ExitStack() as opened:

        def open_it(machine: str, model: str = "auto") -> Library:
            own = {"data_dir": on_servers.data_dir / machine, "model": model}
            return opened.enter_context(Library(on_servers.model_copy(update=own)))

        yield open_it


def index(library: Library, *paths: Path) -> IndexProgress:
    progress = IndexProgress()
    index_paths(library, paths, progress, lambda _: None, threading.Event())
    return progress


def found(library: Library, text: str = "noise") -> list[str]:
    return [os.path.basename(hit.path) for hit in nearest(library, text)]


def test_what_one_machine_indexes_another_finds(open_library: Open, sounds: Path) -> None:
    first, second = open_library("a", "starter-bridge"), open_library("b")
    assert index(first, sounds).embedded == 3
    assert sorted(found(second)) == ["high.ogg", "noise.wav", "tone.flac"]
    assert index(second, sounds).unchanged == 3
    (sounds / "noise.wav").unlink()
    index(second, sounds)
    assert sorted(found(first)) == ["high.ogg", "tone.flac"]


def test_machines_that_open_together_share_one_space(on_servers: Settings, tmp_path: Path) -> None:
    code = "import sys; from foundsound.library import Library; "
    code += "from foundsound.settings import Settings; "
    code += "library = Library(Settings()); print(library.space_id, library.space_key)"
    variables = {
        f"FOUNDSOUND_{name.upper()}": str(value)
        for name, value in on_servers.model_dump(exclude_none=True, exclude_defaults=True).items()
    }
    opening = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, **variables, "FOUNDSOUND_MODEL": "starter-bridge"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [process.communicate(timeout=240) for process in opening]
    assert [errors for _, errors in told] == ["", "", ""]
    assert len({printed for printed, _ in told}) == 1


def test_a_change_of_the_model_is_followed(open_library: Open, sounds: Path) -> None:
    first = open_library("a", "starter-bridge")
    index(first, sounds)
    second = open_library("b")
    searcher = Searcher(second)
    assert searcher.by_text("noise").model == "starter-bridge"
    old = second.space_key
    quiet = (IndexProgress(), lambda _: None, threading.Event())
    switch_model(first, Switch(model="starter", keep=False), *quiet)
    result = searcher.search(Query(text="noise", show_weak=True))
    assert (result.model, len(result.hits)) == ("starter", 3)
    assert not second.store.exists(old)
    with pytest.raises(NotFound):
        second.drop_space(old)


def test_a_replaced_space_is_there_until_the_last_search_in_it_has_ended(
    open_library: Open, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_library("a", "starter-bridge")
    index(first, sounds)
    old, times, store = first.space_key, [], first.store

    def timed(call: Callable[[str], None], key: str) -> None:
        times.append(time.monotonic())
        call(key)

    monkeypatch.setattr(store, "serve", partial(timed, store.serve))
    monkeypatch.setattr(store, "drop", partial(timed, store.drop))
    quiet = (IndexProgress(), lambda _: None, threading.Event())
    switch_model(first, Switch(model="starter", keep=False), *quiet)
    served, dropped = times
    assert dropped - served >= LAST_SEARCHES_S - 0.1
    assert not store.exists(old)


def test_an_end_before_the_old_space_is_dropped_is_made_good(
    open_library: Open, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_library("a", "starter-bridge")
    index(first, sounds)
    old, quiet = first.space_key, (IndexProgress(), lambda _: None, threading.Event())

    def crash(_: Library) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Library, "sweep", crash)
        with pytest.raises(KeyboardInterrupt):
            switch_model(first, Switch(model="starter", keep=False), *quiet)
    assert first.store.exists(old)
    monkeypatch.setattr("foundsound.library.LAST_SEARCHES_S", 0.0)
    assert purge_is_due(first)
    reused = create_embedder("starter-bridge", first.settings)
    begun = first.space_of(reused, take_back=True)
    assert not purge_is_due(first)
    begun.close()
    second = open_library("b")
    with second.catalog.read() as session:  # what was just begun, maybe elsewhere, is left alone
        assert [status.model for status in space_statuses(session)] == ["starter-bridge", "starter"]
        assert not second.unwanted_spaces(session)
    with second.catalog.write() as session:
        retire_space(session, begun.id, database_now(session))
    purge(second)
    with second.catalog.read() as session:
        assert [status.model for status in space_statuses(session)] == ["starter"]
    assert not second.store.exists(old)


def test_who_opens_during_a_change_follows_it_and_holds_nothing_back(
    open_library: Open, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_library("a", "starter-bridge")
    index(first, sounds)
    old, quiet = first.space_key, (IndexProgress(), lambda _: None, threading.Event())
    real = Library._embedder

    def late(library: Library) -> Embedder:
        """The model was read, and then another one took over."""
        embedder = real(library)
        with monkeypatch.context() as patched:
            patched.setattr(Library, "sweep", lambda _: None)  # that is to come yet
            switch_model(first, Switch(model="starter", keep=False), *quiet)
        return embedder

    with monkeypatch.context() as patched:
        patched.setattr(Library, "_embedder", late)
        second = open_library("b")
    assert second.space_key == old
    assert sorted(found(second)) == ["high.ogg", "noise.wav", "tone.flac"]
    assert second.embedder.name == "starter"
    monkeypatch.setattr("foundsound.library.LAST_SEARCHES_S", 0.0)
    purge(second)
    assert not second.store.exists(old)


def test_a_run_goes_on_with_the_model_that_took_over(
    open_library: Open, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the old model is kept, which a run had put back before."""
    first, second = open_library("a", "starter-bridge"), open_library("b")
    index(first, sounds)
    quiet = (IndexProgress(), lambda _: None, threading.Event())
    write(sounds / "late.wav", noise(2.0, seed=9))
    put_in = Pipeline.run

    def change_first(pipeline: Pipeline) -> None:
        monkeypatch.setattr(Pipeline, "run", put_in)
        switch_model(first, Switch(model="starter", keep=True), *quiet)
        put_in(pipeline)

    monkeypatch.setattr(Pipeline, "run", change_first)
    assert index(second, sounds).embedded == 1
    assert second.embedder.name == "starter"
    with second.catalog.read() as session:
        told = {s.model: (s.active, s.sounds) for s in space_statuses(session)}
    assert told == {"starter-bridge": (False, 3), "starter": (True, 4)}


def test_who_holds_on_to_a_model_is_told_that_it_was_dropped(
    open_library: Open, sounds: Path
) -> None:
    pinned, other = open_library("a", "starter-bridge"), open_library("b")
    index(pinned, sounds)
    searcher = Searcher(pinned)
    assert searcher.by_text("noise").hits
    quiet = (IndexProgress(), lambda _: None, threading.Event())
    switch_model(other, Switch(model="starter", keep=False), *quiet)
    with pytest.raises(LibraryError, match="Start this one anew; with FOUNDSOUND_MODEL unset"):
        searcher.by_text("noise")


def test_a_busy_worker_does_not_put_the_old_model_back(open_library: Open, sounds: Path) -> None:
    first, second = open_library("a", "starter-bridge"), open_library("b")
    index(first, sounds)
    quiet = (IndexProgress(), lambda _: None, threading.Event())
    switch_model(first, Switch(model="starter", keep=True), *quiet)
    assert second.embedder.name == "starter-bridge"  # it has not looked yet
    keep_up(second, *quiet)
    with second.catalog.read() as session:
        active = active_space(session)
    assert active is not None
    assert active.model == "starter"


def test_a_space_that_others_fill_is_not_dropped(open_library: Open, sounds: Path) -> None:
    first, second = open_library("a", "starter-bridge"), open_library("b")
    index(first, sounds)
    filled = first.space_of(create_embedder("starter", first.settings), take_back=True)
    with first.catalog.write() as session:
        now = database_now(session)
        enqueue_lacking(session, filled.id, now)
        assert len(claim(session, "somebody", filled.id, 2, 60.0, now)) == 2
    with pytest.raises(LibraryBusy, match="is changing to 'starter'"):
        second.drop_space(filled.key)
    with first.catalog.write() as session:
        release_all(session, database_now(session), "somebody")
    filled.close()
    second.drop_space(filled.key)
    assert not second.store.exists(filled.key)


def test_vectors_that_were_lost_are_made_again(
    open_library: Open, sounds: Path, on_servers: Settings
) -> None:
    with open_library("a", "starter-bridge") as first:
        index(first, sounds)
        first.store.drop(first.space_key)
    second = open_library("b")
    assert index(second, sounds).embedded == 3
    assert len(found(second)) == 3


def test_a_store_that_is_not_the_librarys_is_refused(
    open_library: Open, sounds: Path, on_servers: Settings
) -> None:
    with open_library("a", "starter-bridge") as first:
        index(first, sounds)
    elsewhere = (
        {"qdrant_prefix": f"test-{uuid4().hex}"},
        {"qdrant_url": None, "data_dir": on_servers.data_dir / "b"},
    )
    for wrong in elsewhere:
        with pytest.raises(LibraryError, match="has none of this library's vectors"):
            Library(on_servers.model_copy(update=wrong))
    other = {"database_url": None, "data_dir": on_servers.data_dir / "c", "model": "starter-bridge"}
    with pytest.raises(LibraryError, match="holds another library's vectors"):
        Library(on_servers.model_copy(update=other))
    with open_library("d") as again:
        assert index(again, sounds).unchanged == 3
        assert len(found(again)) == 3
        with again.catalog.write() as session:
            say_vectors_are_lost(session)
    moved = on_servers.model_copy(update=elsewhere[0])
    with Library(moved) as again:
        assert index(again, sounds).embedded == 3
        assert len(found(again)) == 3


def test_vectors_in_a_folder_are_not_for_two_machines(
    open_library: Open, on_servers: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.opening.AGREE_S", 0.2)
    embedded = {"qdrant_url": None, "model": "starter-bridge"}
    here, there = (
        on_servers.model_copy(update={**embedded, "data_dir": on_servers.data_dir / machine})
        for machine in "ab"
    )
    with open_library("c", "starter-bridge"), pytest.raises(LibraryBusy, match="need a Qdrant"):
        Library(here)
    with Library(here):
        with pytest.raises(LibraryBusy, match="need a Qdrant"):
            Library(there)
        with pytest.raises(LibraryBusy, match="Start it anew with"):
            open_library("c")
    Library(there).close()


def test_long_sounds_are_written_in_several_requests(
    open_library: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.vectors.server.MOST_NUMBERS", 2 * 512)
    library = open_library("a", "starter-bridge")
    changing = [tone(12.0, 200.0 * k) if k % 2 else noise(12.0, seed=k) for k in range(5)]
    write(tmp_path / "long.wav", np.concatenate(changing))
    index(library, tmp_path / "long.wav")
    assert library.vectors.count() > 4


def test_nobody_there_is_said_in_a_sentence(on_servers: Settings) -> None:
    alone = on_servers.model_copy(update={"qdrant_url": "http://127.0.0.1:1"})
    with pytest.raises(Unavailable, match="The Qdrant server cannot be reached"):
        Library(alone)


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        ("host:6333", None, "must look like"),
        ("http://qdrant.example:6333", "k", "in the clear"),
    ],
)
def test_an_address_that_cannot_be_is_refused(url: str, key: str | None, reason: str) -> None:
    with pytest.raises(LibraryError, match=reason):
        connect(url, key, 1.0, "x")
