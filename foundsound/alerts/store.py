"""Makes and changes alerts, checked."""

import secrets
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundsound.alerts.addresses import check_allowed_url
from foundsound.alerts.evaluate import Evaluator
from foundsound.alerts.json_lines import check_file
from foundsound.alerts.report import report_alert
from foundsound.alerts.shapes import AlertChange, MadeAlert, NewAlert
from foundsound.alerts.signature import check_secret, new_secret
from foundsound.catalog.alert_models import Alert, AlertClip
from foundsound.catalog.alerts import alert_named
from foundsound.catalog.deliveries import try_again
from foundsound.catalog.names import name_key, tidy_alert
from foundsound.catalog.queue import database_now
from foundsound.errors import InvalidRequest
from foundsound.library import Library
from foundsound.search.query.resolve import resolve
from foundsound.settings import Settings

MOST_ALERTS = 1000
MOST_CLIPS = 20
MOST_CLIP_BYTES = 16 * 2**20


def create_alert(library: Library, wanted: NewAlert, clips: Sequence[AlertClip] = ()) -> MadeAlert:
    """Have a query asked of every sound that is indexed from now on.

    Raises:
        InvalidRequest: the name, the query or a destination is none.
        ModelError, LibraryError: the query cannot be embedded.
    """
    alert = _made(wanted, clips, library.settings)
    with library.searching() as space:
        Evaluator(library).check(space, alert, clips)
    with library.catalog.write(alone=True) as session:
        _add(session, alert, clips)
        report = report_alert(session, alert.id)
        return MadeAlert(**dict(report), webhook_secret=alert.webhook_secret)


def _made(wanted: NewAlert, clips: Sequence[AlertClip], settings: Settings) -> Alert:
    _check_clips(clips)
    resolve(wanted.query.as_query(), len(clips), settings.max_query_chars)
    _check_destinations(wanted, settings)
    secret = wanted.webhook_secret or (new_secret() if wanted.webhook_url else None)
    return Alert(
        uid=secrets.token_hex(16),
        key=name_key(tidy_alert(wanted.name)),
        name=tidy_alert(wanted.name),
        query=wanted.query.as_json(),
        threshold=wanted.threshold,
        webhook_url=wanted.webhook_url or None,
        webhook_secret=secret,
        file=wanted.file or None,
        paused=False,
    )


def _add(session: Session, alert: Alert, clips: Sequence[AlertClip]) -> None:
    named = alert_named(session, alert.name)
    if named is not None:
        raise InvalidRequest(f"There is an alert '{named.name}' already.")
    if (session.scalar(select(func.count()).select_from(Alert)) or 0) >= MOST_ALERTS:
        raise InvalidRequest(f"There are {MOST_ALERTS:,} alerts; delete some first.")
    session.add(alert)
    session.flush()
    for clip in clips:
        clip.alert_id = alert.id
    session.add_all(clips)
    session.flush()


def change_alert(session: Session, alert: Alert, wanted: AlertChange, settings: Settings) -> None:
    """Change an alert; what has not arrived is tried again at once. The caller writes alone.

    Raises:
        InvalidRequest: the name is taken or none, or a destination is none.
    """
    if wanted.name is not None:
        named = alert_named(session, tidy_alert(wanted.name))
        if named is not None and named.id != alert.id:
            raise InvalidRequest(f"There is an alert '{named.name}' already.")
        alert.name, alert.key = tidy_alert(wanted.name), name_key(tidy_alert(wanted.name))
    if wanted.threshold is not None:
        alert.threshold = wanted.threshold
    _check_destinations(wanted, settings)
    if wanted.webhook_url is not None:
        alert.webhook_url = wanted.webhook_url or None
    if wanted.file is not None:
        alert.file = wanted.file or None
    if wanted.webhook_secret:
        alert.webhook_secret = wanted.webhook_secret
    elif alert.webhook_url and alert.webhook_secret is None:
        alert.webhook_secret = new_secret()
    if wanted.paused is not None:
        alert.paused = wanted.paused
    session.flush()
    if not alert.paused:
        try_again(session, alert.id, database_now(session))


def _check_clips(clips: Sequence[AlertClip]) -> None:
    if len(clips) > MOST_CLIPS:
        raise InvalidRequest(f"There are {len(clips)} clips; the most is {MOST_CLIPS}.")
    for clip in clips:
        if len(clip.data) > MOST_CLIP_BYTES:
            limit = MOST_CLIP_BYTES / 2**20
            raise InvalidRequest(f"{clip.name}: an alert's clip has {limit:.0f} MiB at most.")


def _check_destinations(wanted: NewAlert | AlertChange, settings: Settings) -> None:
    if wanted.webhook_url:
        check_allowed_url(wanted.webhook_url, settings)
    if wanted.webhook_secret:
        check_secret(wanted.webhook_secret)
    if wanted.file:
        check_file(wanted.file)
