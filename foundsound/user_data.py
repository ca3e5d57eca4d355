"""What people say of sounds, in the shapes that the API and the CLI share.

It belongs to the sound, not to a path: it stays through renames and moves, is the same for every
copy, and is kept for a content that is gone, until that comes back.
"""

from collections.abc import Container, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundsound.catalog.marks import NO_MARK, mark_sounds, marks_of, write_marks
from foundsound.catalog.models import Sound
from foundsound.catalog.names import FAVOURITE, name_key
from foundsound.catalog.said_of_sound import said_of_sound
from foundsound.catalog.tag_edits import TagEdits
from foundsound.catalog.tags import (
    add_tags,
    remove_tags,
    tag_counts,
    tags_of,
    tidy_tags,
)
from foundsound.errors import NotFound

MOST_SOUNDS = 20_000  # in one edit
MOST_TAGS = 100
MOST_NOTE = 20_000  # characters
BATCH = 1000  # ids in one statement
NO_NUL = r"^[^\x00]*$"  # PostgreSQL's text holds none
SoundIds = Annotated[
    list[Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]],
    Field(max_length=MOST_SOUNDS, description="Content hashes, as in hits."),
]
Names = Annotated[
    list[Annotated[str, StringConstraints(max_length=400)]], Field(max_length=MOST_TAGS)
]


class CollectionName(BaseModel):
    """A collection that holds the sound."""

    id: int
    name: str


class UserData(BaseModel):
    """What people say of a sound."""

    tags: list[str] = Field(examples=[["wet", "Client X"]])
    favourite: bool
    note: str | None = Field(examples=["Cut the click at the start."])
    collections: list[CollectionName]


class TagReport(BaseModel):
    """A tag."""

    name: str = Field(examples=["wet"])
    sounds: int = Field(description="At hand, that bear it.")


class SoundEdit(BaseModel):
    """Changes to what people say of sounds; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"add_tags": ["wet"], "favourite": True}]},
    )

    tags: Names | None = Field(default=None, description="All the tags that they shall have.")
    add_tags: Names = Field(default=[], description="The tag favourite is the mark.")
    remove_tags: Names = []
    favourite: bool | None = None
    note: str | None = Field(
        default=None, max_length=MOST_NOTE, pattern=NO_NUL, description="Empty removes it."
    )


def edit_sounds(session: Session, sound_ids: Sequence[str], edit: SoundEdit) -> None:
    """Change what is said of sounds, of all or of none; their words are stale afterwards.

    The session is of ``catalog.write(alone=True)``.

    Raises:
        NotFound: one of them is not in the library.
        InvalidRequest: a tag is none.
    """
    check_sounds(session, sound_ids)
    if edit.tags is not None:
        borne = {name for names in tags_of(session, sound_ids).values() for name in names}
        kept = {name_key(name) for name in edit.tags}
        remove_tags(session, sound_ids, [name for name in borne if name_key(name) not in kept])
    remove_tags(session, sound_ids, edit.remove_tags)
    add_tags(session, sound_ids, added_tags(edit))
    mark_sounds(session, sound_ids, _favourite(edit), edit.note)


def edit_in_turn(session: Session, edits: Sequence[tuple[str, SoundEdit]]) -> set[str]:
    """Make edits of up to ``BATCH`` sounds, each of one, in few statements.

    All are of sounds that are known, and their :func:`added_tags` are tags; the session is of
    ``catalog.write(alone=True)``. Returns the sounds whose words are for the caller to mark.
    """
    return _tag_in_turn(session, edits) | _mark_in_turn(session, edits)


def _tag_in_turn(session: Session, edits: Sequence[tuple[str, SoundEdit]]) -> set[str]:
    of_tags = [
        (sound_id, edit, tidy_tags(added_tags(edit)))
        for sound_id, edit in edits
        if edit.tags is not None or edit.add_tags or edit.remove_tags
    ]
    named = (name for _, edit, added in of_tags for name in (*added.values(), *edit.remove_tags))
    tags = TagEdits(session, list(dict.fromkeys(id_ for id_, *_ in of_tags)), named)
    for sound_id, edit, added in of_tags:
        if edit.tags is not None:
            tags.remove_others(sound_id, map(name_key, edit.tags))
        tags.remove(sound_id, map(name_key, edit.remove_tags))
        tags.add(sound_id, added)
    return set(tags.write())


def _mark_in_turn(session: Session, edits: Sequence[tuple[str, SoundEdit]]) -> set[str]:
    before = marks_of(session, list(dict.fromkeys(sound_id for sound_id, _ in edits)))
    after = dict(before)
    for sound_id, edit in edits:
        mark = after.get(sound_id, NO_MARK)
        after[sound_id] = mark.changed(_favourite(edit), edit.note)
    write_marks(session, before, after)
    return {sound_id for sound_id, edit in edits if edit.note is not None}


def added_tags(edit: SoundEdit) -> list[str]:
    """Names of the tags that sounds shall bear by an edit."""
    added = (*(edit.tags or ()), *edit.add_tags)
    return [name for name in added if name_key(name) not in FAVOURITE]


def _favourite(edit: SoundEdit) -> bool | None:
    if _marked(edit.add_tags):
        return True
    if _marked(edit.remove_tags):
        return False
    return _marked(edit.tags or ()) or edit.favourite


def user_data_of(session: Session, sound_id: str) -> UserData:
    """What people say of a sound, whether it is in the library or not."""
    said = said_of_sound(session, sound_id)
    return UserData(
        tags=said.tags,
        favourite=said.mark.favourite,
        note=said.mark.note,
        collections=[CollectionName(id=id_, name=name) for id_, name in said.collections],
    )


def report_tags(session: Session) -> list[TagReport]:
    """Every tag, in alphabetical order."""
    return [TagReport(name=tag.name, sounds=tag.sounds) for tag in tag_counts(session)]


# Built once: putting it together costs more than running it.
_KNOWN = select(Sound.id).where(Sound.id.in_(bindparam("ids", expanding=True)))


def check_sounds(session: Session, sound_ids: Sequence[str]) -> None:
    """Refuse ids that name no sound.

    Raises:
        NotFound: one of them does not.
    """
    known = known_sounds(session, sound_ids)
    for sound_id in sound_ids:
        check_known(sound_id, known)


def known_sounds(session: Session, sound_ids: Sequence[str]) -> set[str]:
    """Those of the ids that name a sound."""
    known: set[str] = set()
    for start in range(0, len(sound_ids), BATCH):
        known.update(session.scalars(_KNOWN, {"ids": sound_ids[start : start + BATCH]}))
    return known


def check_known(sound_id: str, known: Container[str]) -> None:
    """Refuse an id that names none of the sounds that are known.

    Raises:
        NotFound: it does not.
    """
    if sound_id not in known:
        raise NotFound(f"There is no sound {sound_id} in this library.")


def _marked(names: Sequence[str]) -> bool:
    return any(name_key(name) in FAVOURITE for name in names)
