"""Edits of many sounds, written together, come to what they would one after another."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.marks import marks_of
from foundsound.catalog.metadata import imports_of, metadata_of_sounds
from foundsound.catalog.models import Sound, SoundState
from foundsound.catalog.tags import tags_of
from foundsound.catalog.user_models import Tag
from foundsound.metadata_edit import ChangeResult, MetadataFields, SoundChange, edit_each
from foundsound.user_data import SoundEdit, edit_sounds
from tests.databases import both_databases

IDS = [f"{number:032x}" for number in range(60)]
NAMES = ["wet", "Wet", "dry", "Dry", "Überfall", "ÜBERFALL", "favourite", "a,b", "x\x01y"]
FIELDS: dict[str, list[Any]] = {
    "title": ["Door", " ", None],
    "cat_id": ["doorwood", "NOWHERE", None],
    "keywords": [["a;b", "c"], [], None],
    "bpm": [90.0, None],
}


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    add_sounds(catalog)
    return catalog


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Catalog]:
    """A second catalogue, in which edits are made one by one."""
    (tmp_path / "other").mkdir()
    opened = Catalog(tmp_path / "other")
    add_sounds(opened)
    yield opened
    opened.close()


def add_sounds(catalog: Catalog) -> None:
    with catalog.write() as session:
        for id_ in IDS:
            session.add(Sound(id=id_, size=1, state=SoundState.INDEXED, duration_s=1.0))


def edit(catalog: Catalog, *changes: SoundChange) -> list[ChangeResult]:
    with catalog.write(alone=True) as session:
        return edit_each(session, list(changes))


def said(session: Session) -> list[object]:
    forms = session.execute(select(Tag.key, Tag.name).order_by(Tag.key)).all()
    return [
        tags_of(session, IDS),
        [tuple(form) for form in forms],
        marks_of(session, IDS),
        metadata_of_sounds(session, IDS),
        imports_of(session, IDS),
    ]


def any_change(chance: random.Random) -> SoundChange:
    def some() -> list[str]:
        return chance.choices(NAMES, [9, 9, 9, 9, 9, 9, 3, 1, 1], k=chance.randrange(4))

    parts: dict[str, Any] = {
        "tags": some(),
        "add_tags": some(),
        "remove_tags": some(),
        "favourite": chance.random() < 0.5,
        "note": chance.choice(["", " cut ", "cut"]),
        "metadata": {
            name: chance.choice(values) for name, values in FIELDS.items() if chance.random() < 0.5
        },
    }
    kept = {name: value for name, value in parts.items() if chance.random() < 0.4}
    return SoundChange(sound_id=chance.choice([*IDS[:4], "f" * 32]), **kept)


@both_databases
def test_together_and_one_by_one_come_to_the_same(filled: Catalog, other: Catalog) -> None:
    chance = random.Random(7)
    for _ in range(40):
        changes = [any_change(chance) for _ in range(chance.randrange(1, 9))]
        one_by_one = [result for change in changes for result in edit(other, change)]
        assert edit(filled, *changes) == one_by_one
        with filled.read() as session, other.read() as others:
            assert said(session) == said(others)


def test_one_edit_of_a_sound_is_that_of_many(filled: Catalog, other: Catalog) -> None:
    """``edit_sounds`` gives tags and marks the same way."""
    chance = random.Random(8)
    for _ in range(100):
        change = any_change(chance).model_copy(update={"metadata": None})
        if edit(filled, change)[0].changed:
            with other.write(alone=True) as session:
                given = change.model_dump(include=set(SoundEdit.model_fields), exclude_unset=True)
                edit_sounds(session, [change.sound_id], SoundEdit(**given))
        with filled.read() as session, other.read() as others:
            assert said(session) == said(others)


@both_databases
def test_a_tag_forgotten_midway_is_written_anew(filled: Catalog) -> None:
    first, second, third = IDS[:3]
    edit(filled, *(SoundChange(sound_id=id_, add_tags=["wet"]) for id_ in (first, second)))
    anew = SoundChange(sound_id=first, remove_tags=["wet"], add_tags=["WET"])
    edit(filled, anew)
    with filled.read() as session:  # another sound bears it
        assert tags_of(session, IDS) == {first: ["wet"], second: ["wet"]}
    off = SoundChange(sound_id=second, remove_tags=["Wet"])
    edit(filled, off, anew, SoundChange(sound_id=third, add_tags=["wet"]))
    with filled.read() as session:
        assert tags_of(session, IDS) == {first: ["WET"], third: ["WET"]}


@both_databases
def test_words_of_what_was_changed_go_stale(filled: Catalog) -> None:
    edit(filled, SoundChange(sound_id=IDS[5], add_tags=["wet"]))
    with filled.write() as session:
        session.execute(update(Sound).values(words_written=Sound.words_changed))
    edit(
        filled,
        SoundChange(sound_id=IDS[0], tags=["dry"]),
        SoundChange(sound_id=IDS[1], note="cut"),
        SoundChange(sound_id=IDS[2], metadata=MetadataFields(title="Door")),
        SoundChange(sound_id=IDS[3], favourite=True),
        SoundChange(sound_id=IDS[4], metadata=MetadataFields(cat_id="NOWHERE"), note="cut"),
        SoundChange(sound_id=IDS[5], add_tags=["wet"]),  # which it has
    )
    with filled.read() as session:
        stale = session.scalars(
            select(Sound.id).where(Sound.words_written != Sound.words_changed).order_by(Sound.id)
        )
        assert stale.all() == IDS[:3]


@both_databases
def test_more_edits_take_no_more_statements(filled: Catalog) -> None:
    def statements(ids: list[str], word: str) -> int:
        told: list[str] = []

        def tell(_: Any, __: Any, statement: str, *___: Any) -> None:
            told.append(statement)

        event.listen(Engine, "before_cursor_execute", tell)
        try:
            part: dict[str, Any] = {
                "metadata": {"title": word},
                "add_tags": [word],
                "remove_tags": ["x"],
            }
            edit(filled, *(SoundChange(sound_id=id_, note=word, **part) for id_ in ids))
        finally:
            event.remove(Engine, "before_cursor_execute", tell)
        return len(told)

    assert statements(IDS[:2], "wet") == statements(IDS, "dry") < 20
