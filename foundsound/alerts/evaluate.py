"""Asks the alerts about sounds that were indexed, through the vectors that are stored by then.

The backlog is in the catalogue, see ``AlertBacklog``: a sound leaves it in the transaction that
writes down what was found, so each pair of alert and sound is answered once, whoever dies when.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.alerts.deliver import destinations_of
from foundsound.alerts.shapes import AlertQuery
from foundsound.calibrate import known_calibration
from foundsound.catalog.alert_models import Alert, AlertClip
from foundsound.catalog.alerts import (
    FoundByAlert,
    all_alerts,
    awaiting,
    clips_of,
    record_hits,
    take_awaiting,
    tell_problem,
)
from foundsound.catalog.models import Root, Sound, SoundWindows
from foundsound.catalog.paths import path_text
from foundsound.catalog.queue import database_now
from foundsound.errors import InvalidRequest
from foundsound.hearing.enrolled import EnrolledSounds
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.search.clips import Clip
from foundsound.search.compose import Composer
from foundsound.search.hydrate import hydrate
from foundsound.search.languages import Languages
from foundsound.search.likeness import Likeness
from foundsound.search.query.filters import Filters, conditions
from foundsound.search.query.parts import EnrolledPart, ItemPart, Part
from foundsound.search.query.resolve import resolve
from foundsound.search.rankings import Ear
from foundsound.search.strength import Scale
from foundsound.vectors.index import WindowHit

SOUNDS = 64  # asked about at once
THRESHOLD = 4.0  # background deviations: clear, see search/results.py


@dataclass(frozen=True)
class _Asker:
    """An alert, ready to be asked."""

    alert: Alert
    filters: tuple[Filters, ...]
    ear: Ear | None  # None: filters alone
    least: float = THRESHOLD  # strength from which a sound counts
    parts: tuple[Part, ...] = ()
    examples: frozenset[str] = field(default=frozenset())  # its own sounds, which it never finds


class Evaluator:
    """Works off the backlog, side by side with other processes. For one thread."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._composer = Composer(library)
        self._languages = Languages(library.settings)
        self._ready: dict[str, tuple[Any, _Asker]] = {}  # by uid, with what it was made of

    def run(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Ask all alerts about every sound that waits for them; returns about how many.

        Without a calibration nothing can be said of a strength: then all wait on.

        Raises:
            LibraryError, ModelError, Unavailable: it could not be done; nothing is lost.
        """
        asked, last = 0, ""
        while not stopped():
            with self._library.catalog.read() as session:
                ids = awaiting(session, SOUNDS, last)
            if not ids:
                break
            last = ids[-1]
            with self._library.searching() as space:
                if known_calibration(self._library.catalog, space) is None:
                    break
                asked += self._ask(space, ids)
        return asked

    def check(self, space: OpenSpace, alert: Alert, clips: Sequence[AlertClip]) -> None:
        """See whether an alert could be asked.

        Raises:
            InvalidRequest: its query cannot be.
        """
        self._asker(space, alert, clips)

    def _ask(self, space: OpenSpace, ids: Sequence[str]) -> int:
        with self._library.catalog.read() as session:
            heard, settled = _of_space(session, space, ids)
            alerts = [alert for alert in all_alerts(session) if not alert.paused]
            session.expunge_all()
        found: list[FoundByAlert] = []
        problems: dict[int, str | None] = {}
        for alert in alerts if heard else ():
            try:
                found += self._found(self._asker_of(space, alert), heard)
                problems[alert.id] = None
            except InvalidRequest as error:
                problems[alert.id] = str(error)
        with self._library.catalog.write() as session:
            taken = take_awaiting(session, settled)
            new = [each for each in found if each.sound_id in taken]
            record_hits(session, new, database_now(session))
            for alert in alerts:
                if alert.id in problems and alert.problem != problems[alert.id]:
                    tell_problem(session, alert.id, problems[alert.id])
        if new:
            self._library.catalog.news.notify()  # it may have to be delivered
        return len(taken)

    def _found(self, asker: _Asker, ids: Sequence[str]) -> list[FoundByAlert]:
        windows = {} if asker.ear is None else _strong(asker.ear, asker.least, ids)
        chosen = [id_ for id_ in ids if asker.ear is None or id_ in windows]
        chosen = [id_ for id_ in chosen if id_ not in asker.examples]
        if not chosen:
            return []
        with self._library.catalog.read() as session:
            roots = session.scalars(select(Root)).all() if asker.filters else ()
            at_hand = hydrate(session.connection(), chosen, conditions(asker.filters, roots))
        scale = asker.ear.scale if asker.ear else None
        found = []
        for id_ in chosen:
            if id_ not in at_hand:
                continue
            sound, window = at_hand[id_], windows.get(id_)
            found.append(
                FoundByAlert(
                    alert_id=asker.alert.id,
                    sound_id=id_,
                    path=path_text(sound.path),
                    duration_s=sound.duration_s,
                    start_s=window.start_s if window else 0.0,
                    end_s=window.end_s if window else sound.duration_s,
                    score=window.score if window else None,
                    strength=scale.strength(window.score) if window and scale else None,
                    destinations=destinations_of(asker.alert),
                )
            )
        return found

    def _asker_of(self, space: OpenSpace, alert: Alert) -> _Asker:
        made_of = (space.key, alert.query, alert.threshold, alert.webhook_url, alert.file)
        known = self._ready.get(alert.uid)
        if known is not None and known[0] == made_of:
            return known[1]
        with self._library.catalog.read() as session:
            clips = clips_of(session, alert.id)
            session.expunge_all()
        asker = self._asker(space, alert, clips)
        if not any(isinstance(part, EnrolledPart) for part in asker.parts):  # they may change
            self._ready[alert.uid] = (made_of, asker)
        return asker

    def _asker(self, space: OpenSpace, alert: Alert, clips: Sequence[AlertClip]) -> _Asker:
        query = AlertQuery.model_validate(alert.query).as_query()
        most = self._library.settings.max_query_chars
        asked, _ = self._languages.understood(resolve(query, len(clips), most))
        if not asked.parts:
            return _Asker(alert, asked.filters, None)
        with _on_disk(clips) as files:
            composed = self._composer.compose(space, asked.parts, files)
        calibration = known_calibration(self._library.catalog, space)
        ear = Ear(space.vectors, composed, calibration)
        examples = frozenset(part.sound_id for part in asked.parts if isinstance(part, ItemPart))
        least = _least(alert, ear.scale, asked.held)
        if alert.threshold is None and ear.scale is not None:
            least = self._learnt(space, asked.parts, ear.scale) or least
        return _Asker(alert, asked.filters, ear, least, asked.parts, examples)

    def _learnt(self, space: OpenSpace, parts: Sequence[Part], scale: Scale) -> float | None:
        """The threshold that an enrolled sound alone was learnt with, as a strength."""
        if len(parts) != 1 or not isinstance(parts[0], EnrolledPart):
            return None
        ((_, known),) = EnrolledSounds(self._library).known(space, [parts[0].name])
        return scale.strength(known.threshold)


def _of_space(
    session: Session, space: OpenSpace, ids: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Those that have vectors in the space, and those that need not wait any longer.

    The latter are the former and what was forgotten meanwhile; a sound that is embedded in another
    space alone waits until it is in this one.
    """
    windows = select(SoundWindows.sound_id).where(
        SoundWindows.sound_id.in_(ids), SoundWindows.space_id == space.id
    )
    heard = set(session.scalars(windows))
    known = set(session.scalars(select(Sound.id).where(Sound.id.in_(ids))))
    return (
        [id_ for id_ in ids if id_ in heard],
        [id_ for id_ in ids if id_ in heard or id_ not in known],
    )


def _least(alert: Alert, scale: Scale | None, held: bool) -> float:
    """The strength from which a sound counts; any where the query is quoted words alone.

    Raises:
        InvalidRequest: no sound can have it.
    """
    reach = scale.reach if scale is not None else float("inf")
    if alert.threshold is None and held:
        return float("-inf")
    if alert.threshold is None:
        return min(THRESHOLD, reach / 2)
    if alert.threshold > reach:
        raise InvalidRequest(
            f"No sound can reach the threshold {alert.threshold:g} with this model: a perfect "
            f"match has {reach:.1f}."
        )
    return alert.threshold


def _strong(ear: Ear, least: float, ids: Sequence[str]) -> dict[str, WindowHit]:
    """Best windows of the sounds that are strong enough and not like what is unwanted."""
    scale = ear.scale
    hits = [
        hit
        for hit in ear.near(len(ids), (), ids)
        if scale is None or scale.strength(hit.score) >= least
    ]
    if hits and ear.has_unwanted and ear.calibration is not None:
        likeness = Likeness(ear.index, ear.calibration, ear.composed, narrowed=True)
        held = least == float("-inf")  # all of them are called what is wanted
        culprits = likeness.culprits(hits, [held] * len(hits))
        hits = [hit for hit, unwanted in zip(hits, culprits, strict=True) if unwanted is None]
    return {hit.sound_id: hit for hit in hits}


@contextmanager
def _on_disk(clips: Sequence[AlertClip]) -> Iterator[list[Clip]]:
    """The clips as files: decoders open them by name."""
    with tempfile.TemporaryDirectory(prefix="foundsound-alert-") as folder:
        files = []
        for clip in clips:
            path = os.path.join(folder, str(clip.number))
            with open(path, "wb") as file:
                file.write(clip.data)
            files.append(Clip(os.fsencode(path), clip.name))
        yield files
