"""Counts of sounds by tag, format, duration, sample rate and channels."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from foundsound.catalog.models import Location, Sound, SoundState
from foundsound.catalog.user_models import SoundMark, SoundTag, Tag
from foundsound.search.hydrate import files_at_hand
from foundsound.search.matching import Selection
from foundsound.search.query.filters import Conditions
from foundsound.search.query.formats import endings_of

Clause = ColumnElement[bool]
MOST_VALUES = 100  # of a facet
FEW = 5000  # ids are quicker given than selected anew for each facet
BANDS = (  # upper end in seconds, what a person calls it, the filter
    (1.0, "under 1 s", "dur:<1"),
    (5.0, "1 to 5 s", "dur:>=1 dur:<5"),
    (15.0, "5 to 15 s", "dur:>=5 dur:<15"),
    (60.0, "15 s to 1 min", "dur:>=15 dur:<60"),
    (300.0, "1 to 5 min", "dur:>=60 dur:<300"),
    (None, "5 min and more", "dur:>=300"),
)


@dataclass(frozen=True)
class Count:
    """A value, how many sounds have it, and the typed filter that holds them."""

    value: str
    sounds: int
    filter: str


@dataclass(frozen=True)
class Counted:
    """The sounds that are counted, in SQL."""

    sounds: Clause  # on Sound
    ids: Select[*tuple[Any, ...]] | Sequence[str]  # of the sounds
    files: Clause  # on Location: the files at hand by which the sounds are found
    complete: bool = True
    # Of a whole library, the few that cannot be found: a list of all others costs a second.
    all_but: CompoundSelect[str] | None = None

    @property
    def copies(self) -> Clause:
        """On Location: all files at hand of the sounds, whether they are found by them or not."""
        if self.all_but is not None:
            return self.files
        return and_(Location.missing_since.is_(None), Location.sound_id.in_(self.ids))

    def has(self, sound_id: SQLColumnExpression[str] | SQLColumnExpression[str | None]) -> Clause:
        """Whether a column names one of the sounds; of a whole library, none that is NULL."""
        return sound_id.in_(self.ids) if self.all_but is None else sound_id.not_in(self.all_but)


def that_fit(session: Session, selection: Selection, found: Sequence[str] | None) -> Counted:
    """The sounds of a selection.

    Args:
        found: those that a ranking found in it; None = all.
    """
    if found is not None:
        return _given(found, selection.conditions, complete=False)
    asked = selection.conditions.whole or selection.conditions
    files = files_at_hand(asked)
    of_sound = [Sound.duration_s.is_not(None), Sound.state != SoundState.FAILED, *asked.of_sound]
    if selection.within is not None:
        of_sound.append(Sound.id.in_(selection.within))
        files = files.where(of_sound[-1])
    # Lists: joined, SQLite may begin with the wrong table, and take a second for 200,000 sounds.
    if asked.of_location:
        of_sound.append(Sound.id.in_(files.with_only_columns(Sound.id).correlate(None)))
    else:
        of_sound.append(Sound.id.not_in(_gone()))
    ids = select(Sound.id).where(*of_sound).correlate(None)
    few = session.scalars(ids.limit(FEW + 1)).all()
    if len(few) <= FEW:
        return _given(few, selection.conditions, complete=True)
    if not asked and selection.within is None:
        broken = select(Sound.id).where(
            or_(Sound.duration_s.is_(None), Sound.state == SoundState.FAILED)
        )
        of_file = (
            Location.missing_since.is_(None),
            Location.sound_id.is_not(None),
            Location.sound_id.not_in(broken.correlate(None)),
        )
        all_but = broken.union_all(_gone())
        return Counted(and_(*of_sound), ids, and_(*of_file), all_but=all_but)
    return Counted(and_(*of_sound), ids, Location.id.in_(files.correlate(None)))


def _given(sound_ids: Sequence[str], conditions: Conditions, complete: bool) -> Counted:
    chosen = Sound.id.in_(sound_ids)
    files = files_at_hand(conditions).where(chosen).correlate(None)
    return Counted(chosen, sound_ids, Location.id.in_(files), complete)


def _gone() -> Select[str | None]:
    """Sounds all of whose files are missing: far fewer than those that have one."""
    other = aliased(Location)
    present = exists().where(other.sound_id == Location.sound_id, other.missing_since.is_(None))
    missing = (Location.missing_since.is_not(None), Location.sound_id.is_not(None))
    return select(Location.sound_id).where(*missing, ~present).correlate(None)


def shape_counts(session: Session, these: Counted) -> dict[str, list[Count]]:
    """By format, duration, sample rate and channels: one statement for all four."""
    band = case(
        *((Sound.duration_s < end, at) for at, (end, _, _) in enumerate(BANDS) if end is not None),
        else_=len(BANDS) - 1,
    )
    rows = session.execute(
        select(
            Sound.format,
            Sound.codec,
            band.label("band"),
            Sound.sample_rate,
            Sound.channels,
            func.count(),
        )
        .where(these.sounds)
        .group_by(Sound.format, Sound.codec, "band", Sound.sample_rate, Sound.channels)
    )
    formats, bands, rates, channels = Counter[str](), Counter[int](), Counter[int](), Counter[int]()
    for container, codec, at, rate, layout, count in rows:
        for ending in endings_of(container or "", codec or ""):
            formats[ending] += count
        bands[at] += count
        rates[rate or 0] += count
        channels[layout or 0] += count
    rates.pop(0, None)
    channels.pop(0, None)
    return {
        "format": by_count(formats, lambda ending: f"fmt:{ending}"),
        "duration": [Count(BANDS[at][1], bands[at], BANDS[at][2]) for at in sorted(bands)],
        "sample_rate": [Count(str(hz), rates[hz], f"sr:{hz}") for hz in sorted(rates)],
        "channels": [Count(str(ch), channels[ch], f"ch:{ch}") for ch in sorted(channels)],
    }


def tag_counts(session: Session, these: Counted) -> list[Count]:
    """By tag; the mark of favourites is one."""
    rows = session.execute(
        select(Tag.name, func.count())
        .join(SoundTag, SoundTag.tag_id == Tag.id)
        .where(these.has(SoundTag.sound_id))
        .group_by(Tag.id, Tag.name)
    )
    found = Counter(dict(rows.all()))
    marked = and_(SoundMark.favourite.is_(True), these.has(SoundMark.sound_id))
    favourites = session.scalar(select(func.count()).select_from(SoundMark).where(marked))
    if favourites:
        found["favourite"] = favourites
    return by_count(found, lambda name: f'tag:"{name}"')


def by_count(found: Counter[str], filter_of: Callable[[str], str]) -> list[Count]:
    """The most frequent first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0].casefold(), item[0]))
    return [Count(value, count, filter_of(value)) for value, count in ordered]
