"""Duplicates as the API and the CLI list them. Nothing is ever deleted."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from foundsound.catalog.duplicates import (
    NearPair,
    copied_count,
    copied_sounds,
    near_pairs,
    uncompared_count,
)
from foundsound.catalog.paths import path_text
from foundsound.catalog.sounds import SoundDetails, sounds_by_id
from foundsound.client_paths import ShownPath
from foundsound.errors import InvalidRequest

Kind = Literal["exact", "near"]


class DuplicateSound(BaseModel):
    """A sound of a group, with every place where it lies."""

    sound_id: str = Field(examples=["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"])
    paths: list[ShownPath]
    size_bytes: int
    duration_s: float | None
    sample_rate: int | None = Field(description="Hz.")
    channels: int | None
    bit_depth: int | None
    format: str | None = Field(examples=["WAV"])
    codec: str | None = Field(examples=["PCM_24"])


class DuplicateGroup(BaseModel):
    """One content at several places (exact), or contents that are one to the ear (near)."""

    sounds: list[DuplicateSound] = Field(description="Exact: one. Near: the best format first.")
    spare_bytes: int = Field(description="Of all files but the first one.")
    similarity: float | None = Field(description="Near: the least cosine of a pair in the group.")
    agreement: float | None = Field(
        description="Near: the least agreement of two fingerprints; chance is 0.5."
    )


class DuplicatePage(BaseModel):
    """A page of groups, those first that take up most for nothing."""

    kind: Kind
    groups: list[DuplicateGroup]
    total: int = Field(description="Groups on all pages.")
    cursor: str | None = Field(description="For the groups that follow.")
    uncompared: int = Field(
        description="Sounds that were not yet compared with the others; see POST /duplicates."
    )


def report_duplicates(
    session: Session, space_id: int, kind: Kind, limit: int, cursor: str | None = None
) -> DuplicatePage:
    """A page of duplicates.

    Raises:
        InvalidRequest: the cursor is none of ours.
    """
    offset = _offset(cursor)
    if kind == "exact":
        total = copied_count(session)
        copied = copied_sounds(session, offset, limit)
        sounds = sounds_by_id(session, copied)
        groups = [_group([sounds[id_]]) for id_ in copied]
    else:
        found = _near_groups(session)
        total = len(found)
        groups = found[offset : offset + limit]
    after = offset + limit
    return DuplicatePage(
        kind=kind,
        groups=groups,
        total=total,
        cursor=str(after) if after < total else None,
        uncompared=uncompared_count(session, space_id),
    )


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise InvalidRequest("The cursor is not one that an earlier page gave.")
    return int(cursor)


def _near_groups(session: Session) -> list[DuplicateGroup]:
    """Pairs that share a sound are one group."""
    pairs = near_pairs(session)
    group_of: dict[str, str] = {}  # towards the smallest id of its group

    def root(id_: str) -> str:
        while (above := group_of.setdefault(id_, id_)) != id_:
            group_of[id_] = group_of[above]
            id_ = above
        return id_

    for pair in pairs:
        one, other = sorted((root(pair.sound_id), root(pair.other_id)))
        group_of[other] = one
    by_root: dict[str, list[NearPair]] = defaultdict(list)
    for pair in pairs:
        by_root[root(pair.sound_id)].append(pair)
    ids = sorted(group_of)
    sounds: dict[str, SoundDetails] = {}
    for start in range(0, len(ids), 1000):
        sounds |= sounds_by_id(session, ids[start : start + 1000])
    groups = []
    for members in by_root.values():
        wanted = sorted({id_ for pair in members for id_ in (pair.sound_id, pair.other_id)})
        groups.append(_group([sounds[id_] for id_ in wanted], members))
    return sorted(groups, key=lambda group: (-group.spare_bytes, group.sounds[0].sound_id))


def _group(sounds: Sequence[SoundDetails], pairs: Sequence[NearPair] = ()) -> DuplicateGroup:
    best_first = sorted(sounds, key=_quality, reverse=True)
    sizes = [sound.size for sound in best_first for _ in sound.paths]
    return DuplicateGroup(
        sounds=[_sound(sound) for sound in best_first],
        spare_bytes=sum(sizes[1:]),
        similarity=min((pair.similarity for pair in pairs), default=None),
        agreement=min((pair.agreement for pair in pairs), default=None),
    )


def _quality(sound: SoundDetails) -> tuple[object, ...]:
    """Lossless before lossy, then rate, depth, channels, length and size."""
    facts = sound.facts
    rate, channels = (facts.sample_rate, facts.channels) if facts else (0, 0)
    depth = sound.bit_depth or 0
    return (depth > 0, rate, depth, channels, facts.duration_s if facts else 0, sound.size)


def _sound(sound: SoundDetails) -> DuplicateSound:
    facts = sound.facts
    return DuplicateSound(
        sound_id=sound.id,
        paths=[path_text(path) for path in sound.paths],
        size_bytes=sound.size,
        duration_s=facts.duration_s if facts else None,
        sample_rate=facts.sample_rate if facts else None,
        channels=facts.channels if facts else None,
        bit_depth=sound.bit_depth,
        format=facts.format if facts else None,
        codec=facts.codec if facts else None,
    )
