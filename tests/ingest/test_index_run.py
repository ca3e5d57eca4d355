"""What an index run does to a library, over the life of a folder."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, update

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root, Work
from foundsound.catalog.spaces import active_space
from foundsound.catalog.stats import CatalogStats, catalog_stats
from foundsound.catalog.vectors_mark import say_vectors_are_lost
from foundsound.errors import InvalidRequest, LibraryError, ModelError
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from ingest.decoder_process import DecoderProcess, Piece
from ingest.run import index_paths
from ingest.work_item import WorkItem
from tests.conftest import Index
from tests.databases import both_databases
from tests.finding import nearest
from tests.signals import RATE, noise, tone, write


def stats(library: Library) -> CatalogStats:
    with library.catalog.read() as session:
        return catalog_stats(session, library.space_id)


def found(library: Library) -> set[str]:
    return {os.path.basename(hit.path) for hit in nearest(library)}


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The files that were given to a decoder."""
    given: list[bytes] = []
    decode = DecoderProcess.decode

    def counted(decoder: DecoderProcess, item: WorkItem, analyse: bool) -> Iterator[Piece]:
        given.append(item.path)
        return decode(decoder, item, analyse)

    monkeypatch.setattr(DecoderProcess, "decode", counted)
    return given


@both_databases
def test_a_folder_is_indexed(library: Library, index: Index, sounds: Path) -> None:
    progress = index(sounds)
    assert (progress.state, progress.new, progress.embedded) == ("done", 3, 3)
    assert progress.files_done == progress.files_total == 3
    assert progress.audio_s == pytest.approx(4.5, abs=0.1)
    assert library.vectors.count() == 3
    assert found(library) == {"noise.wav", "tone.flac", "high.ogg"}


def test_an_unchanged_tree_is_not_touched_again(
    library: Library,
    index: Index,
    sounds: Path,
    decoded: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index(sounds)
    assert len(decoded) == 3

    def must_not(_: DecoderProcess, item: WorkItem) -> str:
        raise AssertionError(f"{item.path!r} was read")

    monkeypatch.setattr(DecoderProcess, "identify", must_not)
    progress = index(sounds)
    assert (progress.unchanged, progress.files_total) == (3, 0)
    assert len(decoded) == 3


@both_databases
def test_a_changed_file_is_indexed_again(library: Library, index: Index, sounds: Path) -> None:
    index(sounds)
    write(sounds / "noise.wav", tone(1.0, hz=200.0))
    progress = index(sounds)
    assert (progress.changed, progress.unchanged, progress.embedded) == (1, 2, 1)
    assert found(library) == {"noise.wav", "tone.flac", "high.ogg"}
    assert stats(library).indexed == library.vectors.count() == 3  # what it was is gone


@both_databases
def test_copies_are_embedded_once(
    library: Library, index: Index, sounds: Path, decoded: list[bytes]
) -> None:
    for k in range(5):
        shutil.copy(sounds / "noise.wav", sounds / f"copy{k}.wav")
    progress = index(sounds)
    assert (progress.embedded, progress.duplicates) == (3, 5)
    assert len(decoded) == 3
    assert library.vectors.count() == 3
    assert len(nearest(library, "noise", 100)) == 3


@both_databases
def test_a_moved_file_is_not_embedded_again(
    library: Library, index: Index, sounds: Path, decoded: list[bytes]
) -> None:
    index(sounds)
    os.rename(sounds / "noise.wav", sounds / "sub" / "renamed.wav")
    progress = index(sounds)
    assert (progress.moved, progress.new, progress.missing) == (1, 0, 0)
    assert (progress.unchanged, progress.embedded) == (2, 0)
    assert len(decoded) == 3
    assert found(library) == {"renamed.wav", "tone.flac", "high.ogg"}


@both_databases
def test_a_deleted_file_is_not_found_and_comes_back_with_its_content(
    library: Library, index: Index, sounds: Path, tmp_path: Path, decoded: list[bytes]
) -> None:
    index(sounds)
    shutil.move(sounds / "noise.wav", tmp_path / "kept.wav")
    assert index(sounds).missing == 1
    assert found(library) == {"tone.flac", "high.ogg"}
    shutil.move(tmp_path / "kept.wav", sounds / "noise.wav")
    progress = index(sounds)
    assert progress.unchanged == 3
    assert found(library) == {"noise.wav", "tone.flac", "high.ogg"}
    assert len(decoded) == 3


def test_an_empty_root_is_offline_not_deleted(
    library: Library, index: Index, sounds: Path, tmp_path: Path
) -> None:
    index(sounds)
    os.rename(sounds, tmp_path / "elsewhere")
    sounds.mkdir()  # a mount point without its drive
    progress = index(sounds)
    assert progress.missing == 0
    assert "offline" in progress.problems[0].reason
    assert stats(library).files == 3


@both_databases
def test_a_larger_folder_takes_over_what_was_indexed_inside_it(
    library: Library, index: Index, sounds: Path, decoded: list[bytes]
) -> None:
    index(sounds / "sub")
    index(sounds)
    assert [os.path.basename(root) for root in stats(library).roots] == [b"sounds"]
    assert stats(library).files == 3
    assert len(decoded) == 3
    assert index(sounds / "sub").unchanged == 1


def test_one_file_may_be_named(library: Library, index: Index, sounds: Path) -> None:
    assert index(sounds / "noise.wav").embedded == 1
    assert index(sounds).new == 2
    assert found(library) == {"noise.wav", "tone.flac", "high.ogg"}


@both_databases
def test_only_the_named_part_of_a_root_is_looked_at(
    library: Library, index: Index, sounds: Path
) -> None:
    index(sounds)
    (sounds / "noise.wav").unlink()
    assert index(sounds / "sub").missing == 0
    assert stats(library).missing_files == 0


def test_what_is_not_there_or_no_audio_is_refused(index: Index, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InvalidRequest, match="no file or folder"):
        index(tmp_path / "nowhere")
    with pytest.raises(InvalidRequest, match="not an audio file"):
        index(tmp_path / "notes.txt")


def test_a_long_sound_has_windows_and_a_hit_knows_its_second(
    library: Library, index: Index, tmp_path: Path
) -> None:
    quiet = 0.02 * noise(60.0)
    quiet[42 * RATE : 45 * RATE] += tone(3.0, hz=1000.0)
    write(tmp_path / "long" / "night.wav", quiet)
    index(tmp_path / "long")
    assert library.vectors.count() > 1
    (hit,) = nearest(library, "beep, sine wave", 1)
    assert hit.start_s <= 42 < 45 <= hit.end_s <= hit.duration_s == 60.0
    assert hit.end_s - hit.start_s <= 15.0


def test_the_same_file_gives_the_same_vectors(
    settings: Settings, sounds: Path, tmp_path: Path
) -> None:
    vectors = []
    for name in ("one", "two"):
        own = settings.model_copy(update={"data_dir": tmp_path / name})
        with Library(own) as library:
            index_paths(library, [sounds], IndexProgress(), lambda _: None, threading.Event())
            (hit,) = nearest(library, "white noise", 1)
            vectors.append(library.vectors.vectors_of(hit.sound_id))
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


@both_databases
def test_lost_vectors_are_made_again(settings: Settings, sounds: Path) -> None:
    def run(library: Library) -> IndexProgress:
        progress = IndexProgress()
        index_paths(library, [sounds], progress, lambda _: None, threading.Event())
        return progress

    with Library(settings) as library:
        run(library)
    shutil.rmtree(settings.data_dir / "vectors")
    if settings.database_url is not None:  # it may be another machine's folder that was meant
        with pytest.raises(LibraryError, match="foundsound model vectors-lost"):
            Library(settings)
        catalog = Catalog(settings.data_dir, settings.database_url)
        with catalog.write() as session:
            say_vectors_are_lost(session)
        catalog.close()
    with Library(settings) as library:
        assert stats(library).pending == 3
        assert (run(library).resumed, library.vectors.count()) == (3, 3)
        assert len(found(library)) == 3


def test_some_lost_vectors_are_made_again(settings: Settings, sounds: Path) -> None:
    for lost in (1, 2):
        with Library(settings) as library:
            index_paths(library, [sounds], IndexProgress(), lambda _: None, threading.Event())
            assert library.vectors.count() == 3
            hits = nearest(library, "noise")
            library.vectors.delete_sounds([hit.sound_id for hit in hits[:lost]])


@both_databases
@pytest.mark.parametrize("failing", ["upsert", "commit"])
def test_a_failure_while_storing_leaves_work_to_do_and_no_half_truth(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """Vectors are written before rows: a row never claims vectors that are not there."""

    def fail(*_: object) -> None:
        raise LibraryError("The disk is full.")

    with monkeypatch.context() as patched:
        if failing == "upsert":
            patched.setattr(library.vectors, "upsert", fail)
        else:
            patched.setattr("ingest.pipeline.mark_indexed", fail)
        with pytest.raises(LibraryError, match="disk is full"):
            index(sounds)
    assert stats(library).indexed == 0
    assert library.vectors.count() == (0 if failing == "upsert" else 3)
    again = index(sounds)
    assert (again.resumed, again.embedded) == (3, 3)
    assert stats(library).indexed == library.vectors.count() == 3


def test_a_stop_is_heard_while_scanning(library: Library, sounds: Path) -> None:
    stop = threading.Event()
    stop.set()
    progress = IndexProgress()
    index_paths(library, [sounds], progress, lambda _: None, stop)
    assert (progress.state, progress.new) == ("stopped", 0)
    assert stats(library).files == 0


def test_looking_with_another_model_changes_nothing(
    library: Library, index: Index, sounds: Path
) -> None:
    index(sounds)
    own = library.settings
    library.close()
    with (
        Library(own.model_copy(update={"model": "starter"})) as other,
        pytest.raises(ModelError, match="--model starter-bridge,"),
    ):
        Searcher(other).by_text("noise")
    with Library(own) as again, again.catalog.read() as session:
        space = active_space(session)
        assert space is not None
        assert space.model == "starter-bridge"


@both_databases
def test_a_stopped_run_keeps_what_is_done_and_the_next_goes_on(
    library: Library, index: Index, tmp_path: Path
) -> None:
    for k in range(40):
        write(tmp_path / "many" / f"{k:02}.wav", noise(1.0, seed=k))
    stop = threading.Event()
    progress = IndexProgress()

    def stop_early(now: IndexProgress) -> None:
        if now.state == "indexing":
            time.sleep(0.01)
            stop.set()

    index_paths(library, [tmp_path / "many"], progress, stop_early, stop)
    assert progress.state == "stopped"
    assert stats(library).indexed == library.vectors.count() == progress.embedded < 40
    again = index(tmp_path / "many")
    assert again.resumed == 40 - progress.embedded == again.embedded
    assert library.vectors.count() == 40


def test_overlapping_paths_are_looked_at_once(index: Index, sounds: Path) -> None:
    progress = index(sounds, sounds / "sub", sounds / "noise.wav")
    assert (progress.files_total, progress.files_done, progress.duplicates) == (3, 3, 0)


def test_a_library_of_another_model_says_so(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(sounds)
    own = library.settings
    library.close()
    monkeypatch.setattr(type(library.embedder), "version", "starter-next")
    with Library(own) as upgraded:
        with pytest.raises(ModelError, match="earlier version of starter-bridge; 3 of its sounds"):
            Searcher(upgraded).by_text("noise")
        index_paths(
            upgraded, [sounds / "noise.wav"], IndexProgress(), lambda _: None, threading.Event()
        )
        with pytest.raises(ModelError, match=r"2 of its sounds .* model use starter-bridge"):
            Searcher(upgraded).by_text("noise")  # not one of three as if that were all
        progress = IndexProgress()
        index_paths(upgraded, [sounds], progress, lambda _: None, threading.Event())
        assert (progress.resumed, progress.embedded) == (2, 2)
        assert len(nearest(upgraded, "noise")) == 3


def test_a_path_that_its_root_leaves_alone_is_told(
    library: Library, index: Index, sounds: Path
) -> None:
    index(sounds)
    hidden = write(sounds / ".hidden" / "rain.wav", noise(1.0))
    for path in (hidden, hidden.parent):
        with pytest.raises(InvalidRequest, match=r"is left alone by the patterns of .*sounds"):
            index(path)
    with library.catalog.write() as session:
        session.execute(update(Root).values(ignored="!.hidden/"))
    assert index(hidden).embedded == 1


def test_what_another_worker_did_is_told(library: Library, sounds: Path) -> None:
    progress = IndexProgress()

    def be_quicker(now: IndexProgress) -> None:
        if now.state == "indexing" and not now.files_done:
            with library.catalog.write() as session:
                one = select(Location.id).where(Location.path != "tone.flac")
                done = {"work": Work.SETTLED, "due_at": None}
                session.execute(update(Location).where(Location.id.in_(one)).values(done))

    index_paths(library, [sounds], progress, be_quicker, threading.Event())
    assert (progress.embedded, progress.elsewhere) == (1, 2)
    assert progress.files_done == progress.files_total == 3


def test_another_name_of_a_file_elsewhere_is_no_work_of_others(
    library: Library, index: Index, sounds: Path
) -> None:
    os.link(sounds / "noise.wav", sounds / "sub" / "same.wav")
    index(sounds)
    with (sounds / "noise.wav").open("r+b") as file:
        file.write(write(sounds / "new.wav", tone(0.5, hz=300.0)).read_bytes())
    progress = index(sounds / "noise.wav")
    assert (progress.changed, progress.files_total, progress.elsewhere) == (2, 1, 0)
