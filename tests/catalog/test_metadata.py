import pytest
from sqlalchemy import func, select

from foundsound.catalog.burial import forget_sounds
from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import SeenFile, add_files, mark_missing
from foundsound.catalog.metadata import metadata_of, save_metadata, undescribed_files
from foundsound.catalog.models import Location, Root, Sound, SoundState, StoredMetadata
from foundsound.metadata import sound_metadata
from foundsound.metadata.sound_metadata import SoundMetadata
from tests.databases import both_databases

FULL = SoundMetadata(
    description="Oak door slams",
    title="Slam",
    originator="Ada",
    library="Old House",
    date="2024-05-01",
    comment="latch",
    keywords=("door", "oak, old"),
    category="DOORS",
    subcategory="WOOD",
    cat_id="DOORWood",
    project="P",
    scene="12A",
    take="3",
    bpm=98.5,
    key="F#m",
    extra={"bext.umid": "01", "ixml.SPEED.NOTE": "ドア"},
    note="The INFO chunk cannot be read (error).",
)


pytestmark = both_databases


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    with catalog.write() as session:
        session.add(Root(id=1, path=b"/lib"))
        session.add(Sound(id="a", size=1, state=SoundState.INDEXED))
        session.add(Sound(id="b", size=1, state=SoundState.PENDING))
        session.flush()
        names = [b"x/DOORWood_a.wav", b"a copy.wav", b"b.wav"]
        add_files(session, 1, [SeenFile(name, 1, 2) for name in names])
        for number, sound in enumerate("aab", 1):
            session.get_one(Location, number).sound_id = sound
    return catalog


@pytest.mark.parametrize("metadata", [FULL, SoundMetadata()])
def test_it_comes_back_as_it_was_saved(catalog: Catalog, metadata: SoundMetadata) -> None:
    with catalog.write() as session:
        assert metadata_of(session, "a") is None
        save_metadata(session, {"a": SoundMetadata(title="older")})
        save_metadata(session, {"a": metadata})
    with catalog.read() as session:
        assert metadata_of(session, "a") == metadata


def test_every_file_of_a_sound_that_lacks_it_is_listed(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed() -> list[bytes]:
        with catalog.read() as session:
            return [at.path for at in undescribed_files(session)]

    assert listed() == [b"/lib/x/DOORWood_a.wav", b"/lib/a copy.wav"]  # b is not indexed yet
    with catalog.write() as session:
        mark_missing(session, 1, [1])
    assert listed() == [b"/lib/a copy.wav"]
    with catalog.write() as session:
        save_metadata(session, {"a": SoundMetadata()})
    assert listed() == []
    newer = sound_metadata.METADATA_VERSION + 1
    monkeypatch.setattr("foundsound.catalog.metadata.METADATA_VERSION", newer)
    assert listed() == [b"/lib/a copy.wav"]


def test_it_goes_with_its_sound(catalog: Catalog) -> None:
    with catalog.write() as session:
        save_metadata(session, {"a": FULL})
        session.query(Location).delete()
        forget_sounds(session, ["a"])
        assert session.scalar(select(func.count()).select_from(StoredMetadata)) == 0


def test_the_category_of_a_name_stands_with_its_location(catalog: Catalog) -> None:
    with catalog.read() as session:
        named = session.scalars(select(Location.cat_id).order_by(Location.id)).all()
        assert named == ["DOORWood", None, None]
