"""Tags, marks and collections in the catalogue."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.collections import (
    collection_named,
    create_collection,
    delete_collection,
    items_of,
    place_items,
    remove_items,
    rename_collection,
    set_items,
)
from foundsound.catalog.database import Catalog
from foundsound.catalog.marks import Mark, mark_sounds, marks_of
from foundsound.catalog.said_of_sound import SaidOfSound, said_of_sound
from foundsound.catalog.tags import add_tags, remove_tags, tags_of
from foundsound.catalog.user_models import CollectionItem, SoundMark, Tag
from foundsound.errors import InvalidRequest, NotFound
from tests.databases import both_databases

pytestmark = both_databases


@pytest.fixture
def session(catalog: Catalog) -> Iterator[Session]:
    with catalog.write(alone=True) as opened:
        yield opened


def test_a_tag_is_one_in_any_case_and_keeps_its_first_form(session: Session) -> None:
    add_tags(session, ["a", "b"], ["Überfall", "wet"])
    add_tags(session, ["a", "c"], ["u\u0308BERFALL", " Wet ", "door  slam"])
    assert tags_of(session, ["a", "b", "c", "d"]) == {
        "a": ["door slam", "wet", "Überfall"],
        "b": ["wet", "Überfall"],
        "c": ["door slam", "wet", "Überfall"],
    }
    remove_tags(session, ["a", "c"], ["ÜBERFALL", "never there"])
    assert tags_of(session, ["a", "b"])["a"] == ["door slam", "wet"]
    assert "Überfall" in tags_of(session, ["b"])["b"]


def test_all_that_is_said_of_a_sound_is_read_at_once(session: Session) -> None:
    add_tags(session, ["a"], ["wet", "Überfall", "Loud"])
    mark_sounds(session, ["a"], favourite=True, note="cut it")
    add_tags(session, ["b"], ["wet"])
    held = [create_collection(session, name) for name in ("second", "First", "other")]
    for collection, sound in zip(held, ("a", "a", "b"), strict=True):
        place_items(session, collection, [sound])
    said = said_of_sound(session, "a")
    assert said.tags == ["Loud", "wet", "Überfall"]
    assert said.mark == Mark(True, "cut it")
    assert said.collections == [(held[1].id, "First"), (held[0].id, "second")]
    assert said_of_sound(session, "b") == SaidOfSound(["wet"], Mark(), [(held[2].id, "other")])
    assert said_of_sound(session, "c") == SaidOfSound([], Mark(), [])


def test_a_tag_that_nothing_bears_is_forgotten(session: Session) -> None:
    add_tags(session, ["a"], ["Wet", "loud"])
    remove_tags(session, ["a"], ["wet"])
    assert list(session.scalars(select(Tag.name))) == ["loud"]
    add_tags(session, ["a"], ["WET"])  # and may be written anew
    assert tags_of(session, ["a"]) == {"a": ["loud", "WET"]}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("  ", "at least one character"),
        ("x" * 101, "at most 100 characters, not 101"),
        ("a,b", "nor hold"),
        ("+a", "must not begin"),
        ('say "hi"', "without quote marks"),
        ("a\0b", "plain text"),
        ("a\ud800", "plain text"),
    ],
)
def test_names_that_are_no_tags(session: Session, name: str, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        add_tags(session, ["a"], ["good", name])
    assert tags_of(session, ["a"]) == {}


def test_more_sounds_than_fit_into_one_statement(session: Session) -> None:
    ids = [f"{number:032x}" for number in range(2500)]
    add_tags(session, ids, ["wet"])
    mark_sounds(session, ids, favourite=True)
    assert len(tags_of(session, ids)) == len(marks_of(session, ids)) == 2500
    remove_tags(session, ids, ["wet"])
    mark_sounds(session, ids, favourite=False)
    assert (tags_of(session, ids), marks_of(session, ids)) == ({}, {})


def test_marks_that_say_nothing_are_none(session: Session) -> None:
    mark_sounds(session, ["a", "b", "a"], favourite=True, note=" cut it ")
    mark_sounds(session, ["a"], favourite=False)
    mark_sounds(session, ["b"], note="")
    assert marks_of(session, ["a", "b"]) == {"a": Mark(False, "cut it"), "b": Mark(True)}
    mark_sounds(session, ["a", "b"], favourite=False, note="  ")
    assert session.scalars(select(SoundMark)).all() == []


def test_a_collection_keeps_its_order(session: Session) -> None:
    made = create_collection(session, "Hits")
    place_items(session, made, ["a", "b", "c", "b"])
    assert items_of(session, made) == ["a", "b", "c"]
    place_items(session, made, ["d", "a"])
    assert items_of(session, made) == ["b", "c", "d", "a"]
    place_items(session, made, ["a", "e"], at=1)
    assert items_of(session, made) == ["b", "a", "e", "c", "d"]
    place_items(session, made, ["b"], at=99)
    remove_items(session, made, ["e", "never there"])
    assert items_of(session, made) == ["a", "c", "d", "b"]
    set_items(session, made, ["x", "d"])
    assert items_of(session, made) == ["x", "d"]
    with pytest.raises(InvalidRequest, match="20,000"):
        set_items(session, made, [str(number) for number in range(20_001)])


def test_collections_go_by_their_names(session: Session) -> None:
    made = create_collection(session, "Trailer  Hits")
    assert collection_named(session, "TRAILER hits").name == "Trailer Hits"
    with pytest.raises(InvalidRequest, match="'trailer HITS' already"):
        create_collection(session, "trailer HITS")
    rename_collection(session, made, "trailer hits")  # its own name in another form
    other = create_collection(session, "Other")
    with pytest.raises(InvalidRequest, match="already"):
        rename_collection(session, other, "Trailer Hits")
    place_items(session, made, ["a"])
    delete_collection(session, made)
    with pytest.raises(NotFound, match="'trailer hits'"):
        collection_named(session, "trailer hits")
    assert session.scalars(select(CollectionItem)).all() == []
