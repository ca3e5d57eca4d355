"""How alerts do, and what they have found."""

from urllib.parse import urlsplit

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from foundsound.alerts.shapes import AlertQuery, AlertReport, FeedItem
from foundsound.catalog.alert_models import Alert, AlertClip, AlertDelivery, AlertHit
from foundsound.catalog.alerts import all_alerts
from foundsound.errors import NotFound


def report_alert(session: Session, alert_id: int) -> AlertReport:
    """One alert.

    Raises:
        NotFound: there is none.
    """
    found = report_alerts(session, alert_id)
    if not found:
        raise NotFound(f"There is no alert {alert_id}.")
    return found[0]


def report_alerts(session: Session, only: int | None = None) -> list[AlertReport]:
    """Every alert, in alphabetical order, or one."""
    alerts = [each for each in all_alerts(session) if only in (None, each.id)]
    counted: dict[int, int] = dict(
        session.execute(select(AlertHit.alert_id, func.count()).group_by(AlertHit.alert_id)).all()
    )
    missing = AlertDelivery.delivered_at.is_(None)
    open_ones = session.execute(
        select(
            AlertHit.alert_id,
            func.sum(case((AlertDelivery.due_at.is_not(None), 1), else_=0)),
            func.sum(case((AlertDelivery.due_at.is_(None), 1), else_=0)),
            func.max(case((AlertDelivery.error.is_not(None), AlertDelivery.id))),
        )
        .join(AlertHit, AlertHit.id == AlertDelivery.hit_id)
        .where(missing)
        .group_by(AlertHit.alert_id)
    ).all()
    states = {
        id_: (int(waiting), int(given_up), last) for id_, waiting, given_up, last in open_ones
    }
    errors: dict[int, str | None] = dict(
        session.execute(
            select(AlertDelivery.id, AlertDelivery.error).where(
                AlertDelivery.id.in_([last for _, _, last in states.values() if last])
            )
        ).all()
    )
    names = session.execute(
        select(AlertClip.alert_id, AlertClip.name).order_by(AlertClip.alert_id, AlertClip.number)
    ).all()
    reports = []
    for each in alerts:
        waiting, given_up, last = states.get(each.id, (0, 0, None))
        reports.append(
            AlertReport(
                id=each.id,
                name=each.name,
                query=AlertQuery.model_validate(each.query),
                clips=[name for id_, name in names if id_ == each.id],
                threshold=each.threshold,
                webhook=_shown(each.webhook_url),
                file=each.file,
                paused=each.paused,
                problem=each.problem,
                added_at=each.added_at,
                found=counted.get(each.id, 0),
                waiting=waiting,
                given_up=given_up,
                last_error=errors.get(last) if last else None,
            )
        )
    return reports


def feed(
    session: Session,
    limit: int,
    *,
    alert_id: int | None = None,
    before: int | None = None,
    after: int | None = None,
) -> list[FeedItem]:
    """What alerts have found: the newest first, or what came after an item, oldest first."""
    rows = select(AlertHit, Alert.name).join(Alert, Alert.id == AlertHit.alert_id)
    if alert_id is not None:
        rows = rows.where(AlertHit.alert_id == alert_id)
    if before is not None:
        rows = rows.where(AlertHit.id < before)
    if after is not None:
        rows = rows.where(AlertHit.id > after)
    order = AlertHit.id if after is not None else AlertHit.id.desc()
    return [
        FeedItem(
            id=hit.id,
            alert_id=hit.alert_id,
            alert=name,
            sound_id=hit.sound_id,
            path=hit.path,
            duration_s=hit.duration_s,
            start_s=hit.start_s,
            end_s=hit.end_s,
            score=hit.score,
            strength=hit.strength,
            found_at=hit.found_at,
        )
        for hit, name in session.execute(rows.order_by(order).limit(limit))
    ]


def _shown(url: str | None) -> str | None:
    """The webhook's scheme and host: path and query of many services' hooks are secret."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"
