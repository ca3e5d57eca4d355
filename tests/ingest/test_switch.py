"""Changing the model: the old one serves until the new one has every sound."""

import os
import shutil
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from foundsound.calibrate import calibrate
from foundsound.catalog.backlog import enqueue_lacking
from foundsound.catalog.models import Location, Work, utc_now
from foundsound.catalog.queue import claim
from foundsound.catalog.spaces import active_space, space_statuses
from foundsound.embedding.embedder import Floats
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.self_check import self_check
from foundsound.embedding.starter.bridge_model import BridgeEmbedder
from foundsound.embedding.starter.model import StarterEmbedder
from foundsound.errors import (
    LibraryError,
    ModelError,
)
from foundsound.indexing import IndexProgress, Switch
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.vectors.store import space_name
from ingest.drain import drain
from ingest.switch import switch_model
from tests.conftest import Index
from tests.ingest.switching import NEW, OLD, counted, index_into, names, spaces, switch
from tests.signals import noise, write


def test_everything_is_embedded_again_and_the_old_vectors_are_gone(indexed: Library) -> None:
    old_key = indexed.space_key
    progress = switch(indexed)
    assert (progress.state, progress.embedded, progress.files_done) == ("done", 3, 3)
    assert spaces(indexed) == {NEW: (True, 3, 0)}
    assert indexed.embedder.name == Searcher(indexed).by_text("noise").model == NEW
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}
    assert indexed.store.serving() == space_name(indexed.space_key)
    assert not indexed.store.exists(old_key)


def test_the_next_opening_uses_the_new_model(indexed: Library) -> None:
    switch(indexed)
    own = indexed.settings.model_copy(update={"model": "auto"})
    indexed.close()
    with Library(own) as again:
        assert (again.embedder.name, again.choice) == (NEW, None)
        assert names(again) == {"noise.wav", "tone.flac", "high.ogg"}


def test_a_switch_to_the_model_in_use_does_nothing(indexed: Library) -> None:
    with counted(BridgeEmbedder) as calls:
        self_check(indexed.embedder)
        checked = sum(calls)
        assert switch(indexed, OLD).embedded == 0
    assert sum(calls) == 2 * checked
    assert spaces(indexed) == {OLD: (True, 3, 0)}
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}


def test_an_unknown_model_changes_nothing(indexed: Library) -> None:
    with pytest.raises(ModelError, match="no model 'nonsense'"):
        switch(indexed, "nonsense")
    assert spaces(indexed) == {OLD: (True, 3, 0)}


def test_a_model_that_fails_its_check_changes_nothing(
    indexed: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = StarterEmbedder.embed_text

    def collapsed(self: StarterEmbedder, texts: Sequence[str]) -> Floats:
        return one(self, ["the same"] * len(texts))

    monkeypatch.setattr(StarterEmbedder, "embed_text", collapsed)
    with pytest.raises(ModelError, match="cannot tell text inputs apart"):
        switch(indexed)
    assert indexed.embedder.name == OLD
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}


def test_an_interrupted_switch_goes_on_and_embeds_nothing_twice(
    library: Library, index: Index, tmp_path: Path
) -> None:
    # Batches are small on any machine: it is stopped long before the end.
    library.settings = library.settings.model_copy(update={"threads": 2})
    for k in range(30):
        write(tmp_path / "many" / f"{k:02}.wav", noise(1.0, seed=k))
    index(tmp_path / "many")
    stop, progress = threading.Event(), IndexProgress()

    def stop_soon(counts: IndexProgress) -> None:
        if counts.embedded:
            stop.set()

    with counted(StarterEmbedder) as calls:
        self_check(create_embedder(NEW, library.settings))
        checked = sum(calls)
    with counted(StarterEmbedder) as calls, pytest.MonkeyPatch.context() as patched:
        patched.setattr("ingest.pipeline.STORE_SOUNDS", 4)
        switch_model(library, Switch(model=NEW), progress, stop_soon, stop)
        assert progress.state == "stopped"
        first = progress.embedded
        assert 0 < first < 30
        assert library.embedder.name == OLD
        assert len(names(library)) == 30  # the old model still serves all
        assert spaces(library) == {OLD: (True, 30, 0), NEW: (False, first, 30 - first)}
        assert switch(library).embedded == 30 - first
    # Windows in flight when it stopped are embedded again; those stored never are.
    assert sum(calls) - 2 * checked - 30 <= 4 + StarterEmbedder(tmp_path, 2).batch_windows
    assert spaces(library) == {NEW: (True, 30, 0)}


def test_sounds_that_came_during_the_switch_are_not_skipped(
    indexed: Library, index: Index, sounds: Path
) -> None:
    stop = threading.Event()
    stop.set()
    assert switch(indexed, stop=stop).state == "stopped"
    write(sounds / "later.wav", noise(1.0, seed=9))
    assert index(sounds).embedded == 1  # into the model that serves
    assert spaces(indexed)[OLD] == (True, 4, 0)
    assert switch(indexed).embedded == 4
    assert "later.wav" in names(indexed)


def test_a_sound_that_comes_in_the_midst_of_the_switch_does_not_fail_it(
    indexed: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coming = [sounds / "later.wav"]

    def drained(*arguments: Any, **named: Any) -> None:
        drain(*arguments, **named)
        if coming:
            write(coming.pop(), noise(1.0, seed=9))
            assert index(sounds).embedded == 1  # into the model that serves

    monkeypatch.setattr("ingest.switch.drain", drained)
    assert switch(indexed).embedded == 4
    assert spaces(indexed) == {NEW: (True, 4, 0)}
    assert "later.wav" in names(indexed)


def test_what_comes_after_the_last_look_is_next(
    indexed: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def calibrated(library: Library, space: OpenSpace) -> None:
        write(sounds / "later.wav", noise(1.0, seed=9))
        assert index(sounds).embedded == 1
        calibrate(library, space)

    monkeypatch.setattr("ingest.switch.calibrate", calibrated)
    assert switch(indexed).embedded == 3
    with indexed.catalog.read() as session:
        waiting = session.scalars(select(Location.path).where(Location.work == Work.PENDING)).all()
    assert waiting == ["later.wav"]


def test_a_sound_that_cannot_be_embedded_keeps_the_old_model(
    indexed: Library, sounds: Path
) -> None:
    hidden = sounds.parent / "hidden.wav"
    (sounds / "noise.wav").rename(hidden)  # between the last scan and the switch
    with pytest.raises(LibraryError, match="1 of 3 sounds could not be embedded"):
        switch(indexed)
    assert indexed.embedder.name == OLD
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}  # nothing is lost
    assert spaces(indexed) == {OLD: (True, 3, 0), NEW: (False, 2, 1)}

    hidden.rename(sounds / "noise.wav")
    assert switch(indexed).embedded == 1
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}


def test_force_switches_without_it_and_the_next_run_takes_it_up(
    indexed: Library, index: Index, sounds: Path
) -> None:
    hidden = sounds.parent / "hidden.wav"
    (sounds / "noise.wav").rename(hidden)
    assert switch(indexed, force=True).state == "done"
    assert names(indexed) == {"tone.flac", "high.ogg"}
    hidden.rename(sounds / "noise.wav")
    assert index(sounds).embedded == 1
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}


def test_another_copy_stands_in_for_a_file_that_is_gone(
    library: Library, index: Index, sounds: Path
) -> None:
    (sounds / "copies").mkdir()
    shutil.copy(sounds / "noise.wav", sounds / "copies" / "z.wav")
    index(sounds)
    (sounds / "noise.wav").unlink()
    assert switch(library).embedded == 3
    assert spaces(library) == {NEW: (True, 3, 0)}


def test_a_missing_file_does_not_hold_the_switch_up(
    indexed: Library, index: Index, sounds: Path
) -> None:
    (sounds / "noise.wav").unlink()
    index(sounds)  # now the library knows
    assert switch(indexed).embedded == 2
    assert spaces(indexed) == {NEW: (True, 2, 0)}


def test_kept_vectors_make_the_way_back_short(indexed: Library, index: Index, sounds: Path) -> None:
    switch(indexed, keep=True)
    assert spaces(indexed) == {OLD: (False, 3, 0), NEW: (True, 3, 0)}
    write(sounds / "later.wav", noise(1.0, seed=9))
    own = indexed.settings.model_copy(update={"model": "auto"})
    indexed.close()
    with Library(own) as again:
        index_into(again, sounds)
        assert spaces(again) == {OLD: (False, 3, 1), NEW: (True, 4, 0)}
        assert switch(again, OLD).embedded == 1
        assert spaces(again) == {OLD: (True, 4, 0)}


def test_replaced_sounds_leave_every_model(indexed: Library, sounds: Path) -> None:
    switch(indexed, keep=True)
    write(sounds / "noise.wav", noise(1.0, seed=9))
    index_into(indexed, sounds)
    with indexed.catalog.read() as session:
        (old,) = (s for s in space_statuses(session) if s.model == OLD)
    with closing(indexed.store.open(old.key, old.dim)) as vectors:
        assert vectors.count() == old.sounds == 2


def test_a_purge_leaves_the_space_that_is_being_filled(
    indexed: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As beside a server, whose worker tidies up while the model changes."""

    def calibrated(library: Library, space: OpenSpace) -> None:
        write(sounds / "noise.wav", noise(1.0, seed=9))
        assert index(sounds).embedded == 1  # and then purges what was there
        assert space.vectors.count() == 2
        calibrate(library, space)

    monkeypatch.setattr("ingest.switch.calibrate", calibrated)
    assert switch(indexed, keep=True).state == "done"
    assert spaces(indexed) == {OLD: (False, 3, 0), NEW: (True, 2, 1)}
    index_into(indexed, sounds)
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}


@pytest.mark.parametrize("shared", [False, True])
def test_vectors_that_a_purge_cannot_delete_are_dropped_unless_others_may_use_them(
    indexed: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    kept = indexed.space_key
    switch(indexed, keep=True)
    real = Library.vectors_at

    def vectors_at(library: Library, key: str, dim: int) -> Any:
        if key == kept:
            raise LibraryError("They cannot be opened.")
        return real(library, key, dim)

    monkeypatch.setattr(Library, "vectors_at", vectors_at)
    monkeypatch.setattr(indexed, "shared", shared)
    write(sounds / "noise.wav", noise(1.0, seed=9))
    if shared:
        with pytest.raises(LibraryError, match="cannot be opened"):
            index(sounds)
    else:
        assert index(sounds).embedded == 1
    assert indexed.store.exists(kept) == shared
    monkeypatch.undo()
    index(sounds)
    assert spaces(indexed)[NEW] == (True, 3, 0)


def test_searches_go_on_while_the_model_changes(indexed: Library) -> None:
    searcher, ended = Searcher(indexed), threading.Event()
    models: set[str] = set()
    failures: list[BaseException] = []

    def search() -> None:
        while not ended.is_set():
            try:
                result = searcher.search(Query(text="a sound", show_weak=True, fold=False))
                assert len(result.hits) == 3
                models.add(result.model)
            except BaseException as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    switch(indexed, NEW, keep=True)
    switch(indexed, OLD, keep=True)
    switch(indexed, NEW)
    ended.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert models == {OLD, NEW}


def test_the_backlog_is_one_file_a_sound(library: Library, index: Index, sounds: Path) -> None:
    shutil.copy(sounds / "noise.wav", sounds / "twin.wav")
    index(sounds)
    (sounds / "broken.wav").write_bytes(b"RIFF")
    index(sounds)
    space = library.space_of(create_embedder(NEW, library.settings))
    now = utc_now()
    with library.catalog.write() as session:
        assert enqueue_lacking(session, space.id, now).files == 3
        first = claim(session, "w", space.id, 10, 60.0, now)
        assert enqueue_lacking(session, space.id, now, copy=2).files == 1
        second = claim(session, "w", space.id, 10, 60.0, now)
        assert enqueue_lacking(session, space.id, now, copy=3).files == 0
        assert enqueue_lacking(session, library.space_id, now).files == 0
        active = active_space(session)
        assert active is not None
        assert active.model == OLD
    space.close()
    assert (len(first), len(second)) == (3, 1)
    copies = {os.path.basename(file.path) for file in (*first, *second)}
    assert copies == {b"noise.wav", b"twin.wav", b"tone.flac", b"high.ogg"}
