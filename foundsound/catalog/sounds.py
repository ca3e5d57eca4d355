"""Sounds: from a hash that is claimed, to a sound that can be found."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.orm import Session, selectinload

from foundsound.analysis.sound_analysis import ANALYSIS_VERSION
from foundsound.audio.bit_depth import bit_depth
from foundsound.catalog.alerts import await_alerts
from foundsound.catalog.models import (
    Location,
    Sound,
    SoundState,
    SoundWindows,
    StoredAnalysis,
    Work,
    utc_now,
)
from foundsound.catalog.tables import table_of
from foundsound.catalog.upsert import insert_missing_rows, upsert_rows
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
class KnownContent:
    """What the catalogue knows of a content that was met in a file."""

    refused: str | None  # why it was, before
    embedded: bool  # in the space that was asked for
    analysed: bool  # by today's analysis


@dataclass(frozen=True)
class IndexedSound:
    """A sound whose vectors have been written."""

    id: str
    facts: SoundFacts
    windows: int


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


def ensure_sounds(session: Session, sizes: Mapping[str, int]) -> set[str]:
    """Add sounds that were forgotten while they were worked on; the ids of those that were not.

    The rows of these stay until the transaction ends; all take them in one order, so none waits in
    a circle.

    Args:
        sizes: in bytes, by sound id.
    """
    found: set[str] = set()
    for batch in _batches(list(sizes)):
        those = select(Sound.id).where(Sound.id.in_(batch)).order_by(Sound.id)
        found.update(session.scalars(those.with_for_update()))
    _add(session, {id_: size for id_, size in sizes.items() if id_ not in found})
    return found


def _add(session: Session, sizes: Mapping[str, int]) -> None:
    rows = [{"id": id_, "size_bytes": size} for id_, size in sizes.items()]
    insert_missing_rows(session, Sound, rows)


def claim_sound(
    session: Session, location_id: int, sound_id: str, size: int, space_id: int
) -> KnownContent:
    """Tie a location to the sound it holds; tells what is known of that."""
    _add(session, {sound_id: size})
    # It has one more name; and from here on it is ours until the transaction ends.
    mark_words_stale(session, [sound_id])
    run = session.connection().execute
    run(_TIE, {"location": location_id, "sound": sound_id})
    # A statement of its own: what the one before us wrote is seen by the next statement only.
    state, error, count, analysis = run(_KNOWN, {"sound": sound_id, "space": space_id}).one()
    return KnownContent(
        refused=error if state == SoundState.FAILED else None,
        embedded=count is not None,
        analysed=analysis == ANALYSIS_VERSION,
    )


_TIE = (
    update(table_of(Location))
    .where(Location.id == bindparam("location"))
    .values(sound_id=bindparam("sound"), formerly=None)
)
_KNOWN = (
    select(Sound.state, Sound.error, SoundWindows.count, StoredAnalysis.version)
    .outerjoin(
        SoundWindows,
        and_(SoundWindows.sound_id == Sound.id, SoundWindows.space_id == bindparam("space")),
    )
    .outerjoin(StoredAnalysis, StoredAnalysis.sound_id == Sound.id)
    .where(Sound.id == bindparam("sound"))
)


def claim_content(
    session: Session, location_id: int, sound_id: str, worker: str, now: datetime
) -> bool:
    """True when the worker, which has the location in hand, is the one to embed its content.

    False while another worker embeds it from another location: two machines that meet two copies
    shall not both do it. Call it in the transaction of :func:`claim_sound`.
    """
    given = {"location": location_id, "sound": sound_id, "worker": worker, "now": now}
    return session.connection().execute(_CLAIM, given).first() is not None


_ELSEWHERE = (
    select(Location.id)
    .where(
        Location.id == Sound.embedded_from,
        Location.sound_id == Sound.id,
        Location.work == Work.LEASED,
        Location.due_at > bindparam("now"),
        Location.lease_owner != bindparam("worker"),
    )
    .exists()
)
_CLAIM = (
    update(table_of(Sound))
    .where(Sound.id == bindparam("sound"), ~_ELSEWHERE)
    .values(embedded_from=bindparam("location"))
    .returning(Sound.id)
)


def mark_indexed(session: Session, space_id: int, sounds: Sequence[IndexedSound]) -> None:
    """Their vectors are safely in the index: the last step of indexing them."""
    if not sounds:
        return
    await_alerts(session, [sound.id for sound in sounds])
    now = utc_now()
    upsert_rows(
        session,
        SoundWindows,
        [
            {"sound_id": sound.id, "space_id": space_id, "count": sound.windows, "indexed_at": now}
            for sound in sounds
        ],
    )
    session.connection().execute(
        _INDEXED,
        [
            {"sound": sound.id, "bit_depth": bit_depth(sound.facts.codec), **asdict(sound.facts)}
            for sound in sounds
        ],
    )


_INDEXED = (
    update(table_of(Sound))
    .where(Sound.id == bindparam("sound"))
    .values(state=SoundState.INDEXED, error=None, embedded_from=None)
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
