"""Alerts: queries that are asked of every new sound, and what they found."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Query, UploadFile
from pydantic import ValidationError

from foundsound.alerts.deliver import try_destinations
from foundsound.alerts.report import feed, report_alert, report_alerts
from foundsound.alerts.shapes import (
    AlertChange,
    AlertReport,
    Delivered,
    FeedItem,
    MadeAlert,
    NewAlert,
)
from foundsound.alerts.store import MOST_CLIP_BYTES, change_alert, create_alert
from foundsound.catalog.alert_models import AlertClip
from foundsound.catalog.alerts import alert_by_id, delete_alert
from search_api.form_fields import only_fields
from search_api.problems import invalid_body, responses
from search_api.state import OwnerOnly, State

router = APIRouter(prefix="/alerts", tags=["alerts"])
AlertId = Annotated[int, Path(ge=1, lt=2**63)]
HitId = Annotated[int | None, Query(ge=0, lt=2**63)]


@router.get("", summary="Alerts")
def listed(state: State) -> list[AlertReport]:
    """Every alert, in alphabetical order."""
    with state.library.catalog.read() as session:
        return report_alerts(session)


@router.post(
    "",
    status_code=201,
    summary="Add an alert",
    responses=responses(400, 401, 403, 413, 422),
    dependencies=[OwnerOnly],
)
def add(wanted: NewAlert, state: State) -> MadeAlert:
    """Have a query asked of every sound that is indexed from now on."""
    return create_alert(state.library, wanted)


@router.post(
    "/audio",
    status_code=201,
    summary="Add an alert with clips",
    responses=responses(400, 401, 403, 413, 422),
    dependencies=[OwnerOnly, Depends(only_fields("file", "alert"))],
)
def add_with_clips(
    state: State,
    file: Annotated[list[UploadFile], File(description="Clips in any format we decode.")],
    alert: Annotated[str, Form(description="The body of POST /alerts as JSON.")],
) -> MadeAlert:
    """The same by example: the clips are kept with the alert."""
    try:
        wanted = NewAlert.model_validate_json(alert)
    except ValidationError as error:
        raise invalid_body(error) from error
    clips = [
        AlertClip(
            number=number,
            name=each.filename or f"Clip {number + 1}",
            data=each.file.read(MOST_CLIP_BYTES + 1),
        )
        for number, each in enumerate(file)
    ]
    return create_alert(state.library, wanted, clips)


@router.get("/feed", summary="What alerts found", responses=responses(422))
def found(
    state: State,
    alert_id: Annotated[int | None, Query(ge=1, lt=2**63, description="Of this one.")] = None,
    before: HitId = None,
    after: HitId = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> list[FeedItem]:
    """The newest first; ``before`` goes on from an item's id. With ``after``: what came since."""
    with state.library.catalog.read() as session:
        return feed(session, limit, alert_id=alert_id, before=before, after=after)


@router.get("/{alert_id}", summary="An alert", responses=responses(404))
def one(alert_id: AlertId, state: State) -> AlertReport:
    """An alert, and how it is doing."""
    with state.library.catalog.read() as session:
        return report_alert(session, alert_id)


@router.patch(
    "/{alert_id}",
    summary="Change an alert",
    responses=responses(401, 403, 404, 422),
    dependencies=[OwnerOnly],
)
def change(alert_id: AlertId, wanted: AlertChange, state: State) -> AlertReport:
    """Rename, pause or resume it; change threshold and destinations; deliver what waits."""
    with state.library.catalog.write(alone=True) as session:
        change_alert(session, alert_by_id(session, alert_id), wanted, state.library.settings)
        report = report_alert(session, alert_id)
    state.library.catalog.news.notify()
    return report


@router.delete(
    "/{alert_id}",
    status_code=204,
    summary="Delete an alert",
    responses=responses(401, 403, 404),
    dependencies=[OwnerOnly],
)
def remove(alert_id: AlertId, state: State) -> None:
    """Forget an alert with all that it found."""
    with state.library.catalog.write(alone=True) as session:
        delete_alert(session, alert_by_id(session, alert_id))


@router.post(
    "/{alert_id}/test",
    summary="Try an alert's destinations",
    responses=responses(401, 403, 404),
    dependencies=[OwnerOnly],
)
def test(alert_id: AlertId, state: State) -> list[Delivered]:
    """Send a message of type ``alert.test`` to each, and say what became of it."""
    with state.library.catalog.read() as session:
        alert = alert_by_id(session, alert_id)
        session.expunge(alert)
    return try_destinations(alert, state.library.settings)
