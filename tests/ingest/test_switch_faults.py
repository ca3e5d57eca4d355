"""Changing the model while something goes wrong: nothing is lost, nothing is left behind."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundsound.catalog.quarantine import failed_files
from foundsound.catalog.spaces import space_statuses
from foundsound.embedding.registry import create_embedder
from foundsound.errors import (
    InvalidRequest,
    LibraryBusy,
    LibraryError,
    ModelError,
)
from foundsound.library import Library
from foundsound.vectors.store import space_name
from ingest import switch as switch_module
from ingest.work_item import WorkItem
from tests.clap_models import save_random_clap
from tests.conftest import Index
from tests.ingest.decoding import vectors_by_name, vectors_of
from tests.ingest.switching import NEW, OLD, index_into, names, refusing, spaces, switch
from tests.signals import noise, write


def test_a_crash_before_the_mark_moved_is_mended(
    indexed: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_name = space_name(indexed.space_key)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(indexed.store), "serve", crash)
        with pytest.raises(KeyboardInterrupt):
            switch(indexed)
    own = indexed.settings.model_copy(update={"model": "auto"})
    indexed.close()
    with Library(own) as again:
        assert again.embedder.name == NEW
        assert again.store.serving() == space_name(again.space_key) != old_name
        assert names(again) == {"noise.wav", "tone.flac", "high.ogg"}


def test_a_crash_while_the_old_vectors_are_dropped_is_mended(
    indexed: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("foundsound.library.delete_space", crash)
        with pytest.raises(KeyboardInterrupt):
            switch(indexed)
    own = indexed.settings.model_copy(update={"model": "auto"})
    indexed.close()
    with Library(own) as again:
        assert spaces(again) == {NEW: (True, 3, 0)}  # what was left of it is swept
        assert switch(again, OLD).embedded == 3
        assert names(again) == {"noise.wav", "tone.flac", "high.ogg"}


def test_an_end_between_the_change_and_the_drop_leaves_nothing_behind(
    indexed: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_key = indexed.space_key

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Library, "sweep", crash)
        with pytest.raises(KeyboardInterrupt):
            switch(indexed)
    assert indexed.embedder.name == NEW
    own = indexed.settings.model_copy(update={"model": "auto"})
    indexed.close()
    with Library(own) as again:
        assert spaces(again) == {NEW: (True, 3, 0)}
        assert not again.store.exists(old_key)


def test_a_mark_that_cannot_be_written_leaves_one_truth(
    indexed: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LibraryError("No space is left on the disk.")

    with monkeypatch.context() as patched:
        patched.setattr(type(indexed.store), "serve", full)
        with pytest.raises(LibraryError, match="No space"):
            switch(indexed)
    assert indexed.embedder.name == NEW  # as the catalogue says
    assert spaces(indexed)[NEW] == (True, 3, 0)
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}


def test_a_sound_that_is_refused_meanwhile_is_not_lost(
    indexed: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(item: WorkItem) -> bool:
        return item.path.endswith(b"noise.wav")

    with refusing(monkeypatch, refuse):
        with pytest.raises(LibraryError, match="1 of 3 sounds could not be embedded"):
            switch(indexed)
        assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}
        with indexed.catalog.read() as session:
            (problem,) = failed_files(session, 10)
        assert (problem.reason, problem.attempts) == ("The decoder gave up.", 1)
        switch(indexed, force=True)
        assert names(indexed) == {"tone.flac", "high.ogg"}
    assert index(sounds).embedded == 1  # a decoder that was mended
    assert names(indexed) == {"noise.wav", "tone.flac", "high.ogg"}
    with indexed.catalog.read() as session:
        assert failed_files(session, 10) == []


def test_a_copy_that_comes_meanwhile_is_tried(
    indexed: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = switch_module._embed_lacking
    rounds: list[bool] = []

    def then_a_copy(*args: Any, **named: Any) -> None:
        real(*args, **named)
        if not rounds:
            shutil.copy(sounds / "noise.wav", sounds / "copy.wav")
            index(sounds / "copy.wav")
        rounds.append(True)

    monkeypatch.setattr(switch_module, "_embed_lacking", then_a_copy)
    with refusing(monkeypatch, lambda item: item.path.endswith(b"noise.wav")):
        switch(indexed)
    assert spaces(indexed) == {NEW: (True, 3, 0)}
    assert len(rounds) == 2


def test_a_file_that_came_back_is_no_problem_any_more(
    indexed: Library, index: Index, sounds: Path
) -> None:
    hidden = sounds.parent / "hidden.wav"
    (sounds / "noise.wav").rename(hidden)
    with pytest.raises(LibraryError):
        switch(indexed)
    hidden.rename(sounds / "noise.wav")
    assert index(sounds).embedded == 0
    with indexed.catalog.read() as session:
        assert failed_files(session, 10) == []


def test_a_space_that_is_being_filled_is_not_dropped(indexed: Library) -> None:
    space = indexed.space_of(create_embedder(NEW, indexed.settings))
    with pytest.raises(LibraryBusy, match="changing to 'starter'"):
        indexed.drop_space(space.key)
    space.close()
    indexed.drop_space(space.key)
    assert set(spaces(indexed)) == {OLD}


def test_the_active_space_is_not_dropped_through_another_one(indexed: Library) -> None:
    active_key = indexed.space_key
    own = indexed.settings.model_copy(update={"model": NEW})
    indexed.close()
    with Library(own) as other, pytest.raises(InvalidRequest, match="cannot be dropped"):
        other.drop_space(active_key)


def test_a_damaged_kept_space_does_not_stop_an_index_run(indexed: Library, sounds: Path) -> None:
    switch(indexed, keep=True)
    with indexed.catalog.read() as session:
        (old,) = (s for s in space_statuses(session) if s.model == OLD)
    folder = indexed.settings.data_dir / "vectors" / space_name(old.key)
    (folder / "space.json").write_text("{}")
    write(sounds / "noise.wav", noise(1.0, seed=9))
    assert index_into(indexed, sounds).state == "done"
    assert not folder.exists()
    assert spaces(indexed)[OLD] == (False, 0, 3)


def test_a_model_that_moved_is_known_by_its_new_place(
    index: Index, library: Library, sounds: Path, tmp_path: Path
) -> None:
    first = save_random_clap(tmp_path / "first", "nano")
    index(sounds)
    switch(library, str(first))
    held = vectors_by_name(library)["tone.flac"]  # what this model hears, and no other
    assert np.allclose(held, vectors_of(library, sounds / "tone.flac"), atol=1e-3)
    own = library.settings.model_copy(update={"model": "auto"})
    library.close()
    second = tmp_path / "second"
    first.rename(second)
    with pytest.raises(ModelError, match="no model"):
        Library(own)
    with Library(own.model_copy(update={"model": str(second)})) as moved:
        assert switch(moved, str(second)).embedded == 0
    with Library(own) as again:
        assert again.embedder.name == str(second)
        assert len(names(again)) == 3


def test_the_librarys_own_model_is_never_dropped(indexed: Library) -> None:
    with indexed.catalog.read() as session:
        (own,) = space_statuses(session)
    with pytest.raises(InvalidRequest, match="cannot be dropped"):
        indexed.drop_space(own.key)
