"""Found sounds with what the catalogue knows of them: one statement for a page of ids."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundsound.analysis.sound_analysis import SILENT
from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root, Sound, SoundState, StoredAnalysis
from foundsound.catalog.paths import path_text
from foundsound.catalog.prepared import IDS, Prepared
from foundsound.catalog.scope import is_offline
from foundsound.catalog.until_changed import UntilChanged
from foundsound.search.query.filters import Conditions
from foundsound.search.results import Hit
from foundsound.search.takes import take_stem
from foundsound.vectors.index import WindowHit

MOST_FOUND = 20_000  # sounds that are remembered: 10 MB


@dataclass(slots=True)
class Found:
    """A sound with a file at hand; ``path`` is the first of them that fits the filters."""

    id: str
    path: bytes
    duration_s: float
    sample_rate: int
    channels: int
    format: str
    added_at: datetime
    loudness_lufs: float | None
    offline: bool = False
    silent: bool = False  # as a whole
    _stem: str = field(default="", init=False, compare=False, repr=False)

    @property
    def stem(self) -> str:
        """What takes of one recording share, see ``takes.py``; made once somebody looks at it."""
        if not self._stem:
            self._stem = take_stem(path_text(self.path))
        return self._stem

    def hit(self, window: WindowHit | None = None, **why: Any) -> Hit:
        """As a result.

        Args:
            window: that fits best; None when nothing was compared.
            why: the fields of :class:`Hit` that say so.
        """
        return Hit(
            sound_id=self.id,
            path=path_text(self.path),
            score=window.score if window else None,
            start_s=window.start_s if window else 0.0,
            end_s=window.end_s if window else self.duration_s,
            duration_s=self.duration_s,
            sample_rate=self.sample_rate,
            channels=self.channels,
            format=self.format,
            added_at=self.added_at,
            loudness_lufs=self.loudness_lufs,
            offline=self.offline,
            **why,
        )


COLUMNS: dict[str, InstrumentedAttribute[Any] | ColumnElement[Any]] = {
    "id": Sound.id,
    "root": Root.path,
    "raw_path": Location.raw_path,
    "duration_s": Sound.duration_s,
    "sample_rate": Sound.sample_rate,
    "channels": Sound.channels,
    "format": Sound.format,
    "added_at": Sound.added_at,
    "loudness_lufs": StoredAnalysis.loudness_lufs,
    "offline": is_offline(),
    "silent": StoredAnalysis.note.startswith(SILENT),
}


def found_sounds(conditions: Conditions) -> Select[*tuple[Any, ...]]:
    """Rows of ``COLUMNS``: a sound once for each of its files that is at hand and fits."""
    return (
        files_at_hand(conditions)
        .join(Root, Root.id == Location.root_id)
        .outerjoin(StoredAnalysis, StoredAnalysis.sound_id == Sound.id)
        .with_only_columns(*(column.label(name) for name, column in COLUMNS.items()))
    )


def files_at_hand(conditions: Conditions) -> Select[*tuple[Any, ...]]:
    """The files that are at hand and fit, of sounds that can be found."""
    return (
        select(Location.id)
        .select_from(Location)
        .join(Sound, Sound.id == Location.sound_id)
        .where(
            Location.missing_since.is_(None),
            Sound.duration_s.is_not(None),
            Sound.state != SoundState.FAILED,
            *conditions.of_sound,
            *conditions.of_location,
        )
    )


def found_of(row: Sequence[Any]) -> Found:
    """A row of :func:`found_sounds`."""
    id_, root, raw_path, duration_s, rate, channels, format_, added_at, lufs, *marks = row
    path = root + raw_path if root.endswith(b"/") else b"%b/%b" % (root, raw_path)
    facts = (duration_s, rate or 0, channels or 0, format_ or "", added_at, lufs)
    return Found(id_, path, *facts, *map(bool, marks))


def _by_ids(conditions: Conditions) -> Select[*tuple[Any, ...]]:
    return (
        found_sounds(conditions)
        .where(Sound.id.in_(bindparam(IDS, expanding=True)))
        .order_by(is_offline().desc(), Location.id.desc())
    )


@lru_cache(maxsize=64)
def _prepared(conditions: Conditions) -> Prepared:
    return Prepared(_by_ids(conditions))


_BY_IDS = Prepared(_by_ids(Conditions()))


def hydrate(
    connection: Connection, sound_ids: Sequence[str], conditions: Conditions
) -> dict[str, Found]:
    """Those of the sounds that have a file at hand and fit the conditions."""
    statement = _prepared(conditions) if conditions else _BY_IDS
    rows = statement.rows(connection, sound_ids)
    # The file added first stays, of those on drives that are there.
    return {row[0]: found_of(row) for row in rows}


class FoundFiles:
    """Hydrates sounds; what it read last is remembered until the catalogue changes. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known = UntilChanged[Found | None](catalog, MOST_FOUND)

    def of(self, sound_ids: Sequence[str], conditions: Conditions) -> dict[str, Found]:
        """See :func:`hydrate`."""
        if conditions:
            return self._read(sound_ids, conditions)
        known = self._known.get_each(sound_ids, self._read_all)
        return {id_: found for id_, found in known.items() if found is not None}

    def _read_all(self, sound_ids: Sequence[str]) -> dict[str, Found | None]:
        return dict.fromkeys(sound_ids) | self._read(sound_ids, Conditions())

    def _read(self, sound_ids: Sequence[str], conditions: Conditions) -> dict[str, Found]:
        with self._catalog.rows() as connection:
            return hydrate(connection, sound_ids, conditions)


def found_at(session: Session, location_ids: Sequence[int]) -> dict[int, Found]:
    """What lies at these places."""
    rows = session.execute(
        found_sounds(Conditions()).add_columns(Location.id).where(Location.id.in_(location_ids))
    )
    return {row[-1]: found_of(row[:-1]) for row in rows}
