"""Sounds: from a hash that is claimed, to a sound that can be found."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from foundsound.audio.bit_depth import bit_depth
from foundsound.catalog.alerts import await_alerts
from foundsound.catalog.models import (
    Location,
    Sound,
    SoundState,
    SoundWindows,
    Work,
    utc_now,
)
from foundsound.catalog.upsert import insert_missing, upsert
from foundsound.catalog.words import mark_words_stale

BATCH = 1000  # ids in one statement


@dataclass(frozen=True)
class SoundFacts:
    """What decoding told us of a sound."""

    duration_s: float
    sample_rate: int
    channels: int
    format: str
    codec: str


@dataclass(frozen=True)
class SoundDetails:
    """A sound with the places where it lies now, most recently added last."""

    id: str
    state: SoundState
    error: str | None
    size: int
    facts: SoundFacts | None
    bit_depth: int | None  # bits a sample; None where the coding is lossy
    added_at: datetime
    paths: tuple[bytes, ...]


def ensure_sound(session: Session, sound_id: str, size: int) -> bool:
    """Add a sound that is not known, or was forgotten while it was worked on; True when it was."""
    return insert_missing(session, Sound, id=sound_id, size=size)


def claim_sound(
    session: Session, location_id: int, sound_id: str, size: int, space_id: int
) -> bool:
    """Tie a location to the sound it holds; True when the sound still has to be embedded."""
    ensure_sound(session, sound_id, size)
    # The sound is ours until the transaction ends. A statement of its own: what the one before us
    # wrote is seen by the next statement only.
    session.execute(select(Sound.id).where(Sound.id == sound_id).with_for_update())
    mark_words_stale(session, [sound_id])  # it has one more name
    session.execute(update(Location).where(Location.id == location_id).values(sound_id=sound_id))
    return session.get(SoundWindows, (sound_id, space_id)) is None


def claim_content(
    session: Session, location_id: int, sound_id: str, worker: str, now: datetime
) -> bool:
    """True when the worker, which has the location in hand, is the one to embed its content.

    False while another worker embeds it from another location: two machines that meet two copies
    shall not both do it. Call it in the transaction of :func:`claim_sound`.
    """
    elsewhere = (
        select(Location.id)
        .where(
            Location.id == Sound.embedded_from,
            Location.sound_id == Sound.id,
            Location.work == Work.LEASED,
            Location.due_at > now,
            Location.lease_owner != worker,
        )
        .exists()
    )
    taken = session.scalars(
        update(Sound)
        .where(Sound.id == sound_id, ~elsewhere)
        .values(embedded_from=location_id)
        .returning(Sound.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def refusal(session: Session, sound_id: str) -> str | None:
    """Why this content was refused before; None when it was not."""
    return session.scalar(
        select(Sound.error).where(Sound.id == sound_id, Sound.state == SoundState.FAILED)
    )


def mark_indexed(
    session: Session, sound_id: str, space_id: int, facts: SoundFacts, window_count: int
) -> None:
    """Its vectors are safely in the index: the last step of indexing a sound."""
    await_alerts(session, sound_id)
    upsert(
        session,
        SoundWindows,
        sound_id=sound_id,
        space_id=space_id,
        count=window_count,
        indexed_at=utc_now(),
    )
    session.execute(
        update(Sound)
        .where(Sound.id == sound_id)
        .values(
            state=SoundState.INDEXED,
            error=None,
            embedded_from=None,
            duration_s=facts.duration_s,
            sample_rate=facts.sample_rate,
            channels=facts.channels,
            format=facts.format,
            codec=facts.codec,
            bit_depth=bit_depth(facts.codec),
        )
    )


def mark_failed(session: Session, sound_id: str, reason: str) -> bool:
    """Refuse a content for good, so that its copies need not be tried.

    Returns:
        False when it was embedded once: then it is not the content that is to blame, and its
        vectors in another space still find it.
    """
    embedded = select(SoundWindows.sound_id).where(SoundWindows.sound_id == sound_id).exists()
    refused = session.scalars(
        update(Sound)
        .where(Sound.id == sound_id, ~embedded)
        .values(state=SoundState.FAILED, error=reason, embedded_from=None)
        .returning(Sound.id)
        .execution_options(synchronize_session=False)
    )
    return refused.first() is not None


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def sounds_by_id(session: Session, sound_ids: Sequence[str]) -> dict[str, SoundDetails]:
    """Details of the sounds that exist; those without a file at hand have no paths."""
    rows = session.scalars(
        select(Sound)
        .where(Sound.id.in_(sound_ids))
        .options(selectinload(Sound.locations).joinedload(Location.root))
    )
    return {sound.id: details_of(sound, _paths(sound)) for sound in rows}


def total_bytes(session: Session, sound_ids: Sequence[str]) -> int:
    """What files of these sounds, one of each, take up together."""
    sizes = (
        session.scalar(select(func.sum(Sound.size)).where(Sound.id.in_(batch)))
        for batch in _batches(sound_ids)
    )
    return sum(int(size or 0) for size in sizes)  # PostgreSQL's sums are Decimals


def details_of(sound: Sound, paths: Sequence[bytes]) -> SoundDetails:
    """A sound's row and the paths of its files at hand, most recently added last."""
    facts = None
    if sound.duration_s is not None:
        facts = SoundFacts(
            duration_s=sound.duration_s,
            sample_rate=sound.sample_rate or 0,
            channels=sound.channels or 0,
            format=sound.format or "",
            codec=sound.codec or "",
        )
    return SoundDetails(
        id=sound.id,
        state=sound.state,
        error=sound.error,
        size=sound.size,
        facts=facts,
        bit_depth=sound.bit_depth,
        added_at=sound.added_at,
        paths=tuple(paths),
    )


def _paths(sound: Sound) -> list[bytes]:
    present = [at for at in sound.locations if at.missing_since is None]
    present.sort(key=lambda at: at.id)
    return [os.path.join(at.root.path, at.raw_path) for at in present]
