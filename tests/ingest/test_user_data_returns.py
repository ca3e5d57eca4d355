"""What people say of a sound belongs to its content, and comes back with it."""

from pathlib import Path

from sqlalchemy import func, select

from foundsound.catalog.collections import collection_named, create_collection, items_of, set_items
from foundsound.catalog.models import Sound
from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.user_data import SoundEdit, edit_sounds, user_data_of
from tests.conftest import Index
from tests.databases import both_databases
from tests.signals import noise, write


@both_databases
def test_it_survives_the_purge_of_the_sound(library: Library, index: Index, sounds: Path) -> None:
    index(sounds)
    searcher = Searcher(library)

    def found(text: str) -> list[str]:
        return [Path(hit.path).name for hit in searcher.search(Query(text=text)).hits]

    (hit,) = searcher.search(Query(text="name:noise")).hits
    with library.catalog.write() as session:
        edit = SoundEdit(add_tags=["Wet"], favourite=True, note="cut it")
        edit_sounds(session, [hit.sound_id], edit)
        set_items(session, create_collection(session, "Hits"), [hit.sound_id])
    assert found("tag:wet") == found("tag:favourite collection:hits") == ["noise.wav"]

    content = (sounds / "noise.wav").read_bytes()
    write(sounds / "noise.wav", noise(1.2, seed=9))  # another content: the old one lies nowhere
    index(sounds)
    with library.catalog.read() as session:
        known = select(func.count()).select_from(Sound).where(Sound.id == hit.sound_id)
        assert session.scalar(known) == 0
        said = user_data_of(session, hit.sound_id)
        assert (said.tags, said.favourite, said.note) == (["Wet"], True, "cut it")
    assert found("tag:wet") == found("collection:hits") == []

    (sounds / "sub" / "back.wav").write_bytes(content)
    index(sounds)
    assert found("tag:wet") == found("tag:favourite collection:hits") == ["back.wav"]
    with library.catalog.read() as session:
        assert items_of(session, collection_named(session, "hits")) == [hit.sound_id]
