"""A sound's words stand in the lexical index whatever happens to its files or to the index."""

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Sound
from foundsound.catalog.texts import SoundTexts
from foundsound.catalog.vocabulary import sounds_with, terms_after
from foundsound.catalog.words import mark_words_stale, stale_sounds, written_count
from foundsound.errors import LibraryError
from foundsound.lexical.document import document, words_key
from foundsound.lexical.refresh import refresh_words
from foundsound.lexical.tokens import stem_of, term_of
from foundsound.library import Library
from foundsound.settings import Settings
from foundsound.vectors.lexical import LexicalPoint
from tests.conftest import Index
from tests.databases import on_postgresql


def found(library: Library, word: str) -> int:
    """How many sounds the index finds by a word."""
    asked = document(SoundTexts((word,))).terms
    return len(library.words.search(asked, 100))


def counted(library: Library, word: str) -> int:
    """How many sounds the vocabulary says have it."""
    term = term_of(stem_of(word))
    with library.catalog.read() as session:
        return sounds_with(session.connection(), [term]).get(term, 0)


def stale(library: Library) -> int:
    with library.catalog.read() as session:
        return len(stale_sounds(session, 100))


def test_indexed_sounds_have_their_words(indexed: Library) -> None:
    for word, times in (("noise", 1), ("tone", 1), ("sub", 1), ("thunder", 0)):
        assert found(indexed, word) == counted(indexed, word) == times
    assert stale(indexed) == 0


def test_a_moved_file_is_found_by_its_new_name_alone(
    indexed: Library, index: Index, sounds: Path
) -> None:
    (sounds / "tone.flac").rename(sounds / "humming.flac")
    index(sounds)
    assert (found(indexed, "tone"), found(indexed, "humming")) == (0, 1)
    assert (counted(indexed, "tone"), counted(indexed, "humming")) == (0, 1)


def test_copies_say_together_what_a_sound_is(indexed: Library, index: Index, sounds: Path) -> None:
    shutil.copy(sounds / "tone.flac", sounds / "humming.flac")
    index(sounds)
    assert (found(indexed, "tone"), found(indexed, "humming")) == (1, 1)
    (sounds / "humming.flac").unlink()
    index(sounds)
    assert (found(indexed, "tone"), found(indexed, "humming")) == (1, 0)


def test_a_replaced_file_takes_its_words_along(
    indexed: Library, index: Index, sounds: Path
) -> None:
    shutil.copy(sounds / "tone.flac", sounds / "noise.wav")  # the noise lies nowhere any more
    index(sounds)
    assert found(indexed, "noise") == counted(indexed, "noise") == 1
    assert indexed.words.count() == 2


def test_a_root_above_adds_its_folders(indexed: Library, index: Index, sounds: Path) -> None:
    inner = sounds / "sub"
    index(sounds.parent)
    assert found(indexed, sounds.parent.name) == 3
    assert found(indexed, inner.name) == 1


def test_lost_words_are_written_again(
    indexed: Library, index: Index, sounds: Path, settings: Settings
) -> None:
    indexed.close()
    shutil.rmtree(settings.data_dir / "vectors" / words_key())
    with Library(settings) as library:
        assert found(library, "tone") == 0
        assert stale(library) == 3
        assert library.refresh_words() == 3
        assert found(library, "tone") == counted(library, "tone") == 1
        assert library.refresh_words() == 0


def test_words_of_an_older_version_are_replaced(
    indexed: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed.close()
    monkeypatch.setattr("foundsound.library.WORDS_VERSION", 2)
    monkeypatch.setattr("foundsound.library.words_key", lambda version=2: f"words-{version}")
    with Library(settings) as library:
        assert not library.store.exists("words-1")
        assert library.refresh_words() == 3
        assert found(library, "tone") == 1


def test_a_change_in_the_midst_of_writing_is_not_lost(
    indexed: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with indexed.catalog.write() as session:
        first = session.scalars(select(Sound.id)).first()
        assert first is not None
        mark_words_stale(session, [first])
    upsert = indexed.words.upsert

    def changed_meanwhile(points: list[object]) -> None:
        upsert(points)  # type: ignore[arg-type]
        with indexed.catalog.write() as session:
            mark_words_stale(session, [first])

    monkeypatch.setattr(indexed.words, "upsert", changed_meanwhile)
    assert indexed.refresh_words() == 1
    assert stale(indexed) == 1
    monkeypatch.undo()
    assert indexed.refresh_words() == 1
    assert stale(indexed) == 0


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
def test_writes_of_any_size_leave_the_same(indexed: Library, batch: int) -> None:
    with indexed.catalog.write() as session:
        mark_words_stale(session, session.scalars(select(Sound.id)).all())
        vocabulary = terms_after(session, 0)
    assert refresh_words(indexed.catalog, indexed.words, batch=batch) == 3
    assert (stale(indexed), found(indexed, "tone")) == (0, 1)
    with indexed.catalog.read() as session:
        assert terms_after(session, 0) == vocabulary


@pytest.mark.parametrize("broken", ["upsert", "record_terms"])
def test_a_failure_half_way_leaves_work_and_no_harm(
    indexed: Library, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    with indexed.catalog.write() as session:
        mark_words_stale(session, session.scalars(select(Sound.id)).all())
        vocabulary = terms_after(session, 0)

    def fail(*_: object) -> None:
        raise LibraryError("no space left")

    where = indexed.words if broken == "upsert" else "foundsound.lexical.refresh"
    if isinstance(where, str):
        monkeypatch.setattr(f"{where}.{broken}", fail)
    else:
        monkeypatch.setattr(where, broken, fail)
    with pytest.raises(LibraryError, match="no space"):
        indexed.refresh_words()
    assert stale(indexed) == 3
    monkeypatch.undo()
    assert indexed.refresh_words() == 3
    with indexed.catalog.read() as session:
        assert terms_after(session, 0) == vocabulary
        assert written_count(session) == indexed.words.count() == 3


@on_postgresql
def test_no_process_writes_an_older_text_after_a_newer(
    indexed: Library, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Catalog(tmp_path, database_url)
    upsert = indexed.words.upsert
    reading, go_on = threading.Event(), threading.Event()

    def dawdle(points: Sequence[LexicalPoint]) -> None:
        if threading.current_thread() is slow:
            reading.set()
            assert go_on.wait(60)
        upsert(points)

    monkeypatch.setattr(indexed.words, "upsert", dawdle)
    slow = threading.Thread(target=refresh_words, args=(indexed.catalog, indexed.words))
    quick = threading.Thread(target=refresh_words, args=(elsewhere, indexed.words))
    tone = select(Location.sound_id).where(Location.path == "tone.flac")
    with elsewhere.write() as session:
        (id_,) = session.scalars(tone)
        assert id_ is not None
        mark_words_stale(session, [id_])
    slow.start()
    assert reading.wait(60)
    with elsewhere.write() as session:
        renamed = update(Location).where(Location.sound_id == id_)
        session.execute(renamed.values(path="humming.flac", raw_path=b"humming.flac"))
        mark_words_stale(session, [id_])
    quick.start()
    quick.join(0.5)  # unless it waits, it is done by then
    go_on.set()
    slow.join()
    quick.join()
    elsewhere.close()
    assert (found(indexed, "tone"), found(indexed, "humming")) == (0, 1)
    assert stale(indexed) == 0
