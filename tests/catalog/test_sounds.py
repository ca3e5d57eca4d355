"""From a content that was met in a file to a sound that can be found."""

from datetime import timedelta

import pytest

from foundsound.analysis.sound_analysis import Fingerprint, Heard, SoundAnalysis, SoundClass
from foundsound.catalog.analysis import analysis_of, save_analysis
from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile, add_files
from foundsound.catalog.models import (
    Location,
    Root,
    Sound,
    SoundState,
    SoundWindows,
    StoredFingerprint,
    Work,
    utc_now,
)
from foundsound.catalog.sounds import (
    IndexedSound,
    KnownContent,
    SoundFacts,
    claim_content,
    claim_sound,
    ensure_sounds,
    mark_failed,
    mark_indexed,
    sounds_by_id,
)
from foundsound.catalog.spaces import ensure_space
from tests.databases import both_databases

pytestmark = both_databases
FACTS = SoundFacts(1.5, 44_100, 2, "WAV", "PCM_24")


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    """With two files, 1 and 2, and two spaces, 1 and 2."""
    with catalog.write() as session:
        session.add(Root(id=1, path=b"/lib"))
        ensure_space(session, "k1", "toy", 8)
        ensure_space(session, "k2", "toy", 8)
        session.flush()
        add_files(session, 1, [SeenFile(name, 1, 2) for name in (b"1.wav", b"2.wav")])
    return catalog


def claimed(catalog: Catalog, sound_id: str, location_id: int = 1, space: int = 1) -> KnownContent:
    with catalog.write() as session:
        return claim_sound(session, location_id, sound_id, 7, space)


def test_what_is_known_of_a_content_is_told_when_a_file_holds_it(catalog: Catalog) -> None:
    assert claimed(catalog, "a") == KnownContent(None, embedded=False, analysed=False)
    with catalog.write() as session:
        assert session.get_one(Location, 1).sound_id == "a"
        sound = session.get_one(Sound, "a")
        assert (sound.size, sound.state, sound.words_changed) == (7, SoundState.PENDING, 2)
        mark_indexed(session, 1, [IndexedSound("a", FACTS, 3)])
        save_analysis(session, {"a": Heard(SoundAnalysis(), None)})
    assert claimed(catalog, "a", 2) == KnownContent(None, embedded=True, analysed=True)
    assert claimed(catalog, "a", 2, space=2) == KnownContent(None, embedded=False, analysed=True)
    with catalog.write() as session:
        assert session.get_one(Sound, "a").words_changed == 4
        assert not mark_failed(session, "a", "no")
    assert claimed(catalog, "b").refused is None
    with catalog.write() as session:
        assert mark_failed(session, "b", "It is no audio.")
    assert claimed(catalog, "b").refused == "It is no audio."


def test_a_content_is_another_workers_as_long_as_its_lease_lasts(catalog: Catalog) -> None:
    claimed(catalog, "a", 1)
    claimed(catalog, "a", 2)
    now = utc_now()
    with catalog.write() as session:
        for location_id, owner in ((1, "w"), (2, "v")):
            place = session.get_one(Location, location_id)
            place.work, place.lease_owner = Work.LEASED, owner
            place.due_at = now + timedelta(seconds=9)
    with catalog.write() as session:
        assert claim_content(session, 1, "a", "w", now)
        assert claim_content(session, 1, "a", "w", now)
        assert not claim_content(session, 2, "a", "v", now)
        assert claim_content(session, 2, "a", "v", now + timedelta(seconds=10))


def test_many_are_indexed_at_once_each_with_its_own_facts(catalog: Catalog) -> None:
    other = SoundFacts(2.5, 48_000, 1, "OGG", "VORBIS")
    with catalog.write() as session:
        assert ensure_sounds(session, {"b": 1, "a": 2}) == set()
        assert ensure_sounds(session, {"a": 2, "b": 1, "c": 3}) == {"a", "b"}
        heard = {
            "a": Heard(SoundAnalysis(bpm=90.0, key="Am"), Fingerprint(1.0, b"xy")),
            "b": Heard(SoundAnalysis(sound_class=SoundClass.LOOP, note="n"), None),
        }
        for facts in (other, FACTS):  # a second time takes the first one's place
            indexed = [IndexedSound("a", facts, 3), IndexedSound("b", other, 4)]
            mark_indexed(session, 2, indexed)
            save_analysis(session, heard)
    with catalog.read() as session:
        found = sounds_by_id(session, ["a", "b", "c"])
        assert [found[id_].facts for id_ in "abc"] == [FACTS, other, None]
        assert [found[id_].bit_depth for id_ in "abc"] == [24, None, None]
        assert [found[id_].state.value for id_ in "abc"] == ["indexed", "indexed", "pending"]
        assert [session.get_one(SoundWindows, (id_, 2)).count for id_ in "ab"] == [3, 4]
        assert {id_: analysis_of(session, id_) for id_ in "ab"} == {
            id_: one.analysis for id_, one in heard.items()
        }
        assert session.get_one(StoredFingerprint, "a").data == b"xy"
        assert session.get(StoredFingerprint, "b") is None
