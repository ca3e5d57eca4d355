"""Webhooks that are told what happens to sounds."""

from typing import Annotated

from fastapi import APIRouter, Path

from foundsound.alerts.change_webhooks import (
    MadeWebhook,
    NewWebhook,
    WebhookReport,
    add_webhook,
    report_webhooks,
    try_webhook,
)
from foundsound.alerts.shapes import Delivered
from foundsound.catalog.change_webhooks import webhook_by_id
from search_api.problems import responses
from search_api.state import OwnerOnly, State

router = APIRouter(prefix="/webhooks", tags=["library"], dependencies=[OwnerOnly])
WebhookId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("", summary="Webhooks of changes", responses=responses(401, 403))
def listed(state: State) -> list[WebhookReport]:
    """Every webhook, and how it is doing."""
    with state.library.catalog.read() as session:
        return report_webhooks(session)


@router.post("", status_code=201, summary="Add a webhook", responses=responses(401, 403, 422))
def add(wanted: NewWebhook, state: State) -> MadeWebhook:
    """Have it sent what ``GET /changes`` tells, as it happens; its secret is shown this once."""
    library = state.library
    return add_webhook(library.catalog, wanted, library.settings)


@router.delete(
    "/{webhook_id}", status_code=204, summary="Remove a webhook", responses=responses(401, 403, 404)
)
def remove(webhook_id: WebhookId, state: State) -> None:
    """Tell it nothing more."""
    with state.library.catalog.write() as session:
        session.delete(webhook_by_id(session, webhook_id))


@router.post("/{webhook_id}/test", summary="Try a webhook", responses=responses(401, 403, 404))
def test(webhook_id: WebhookId, state: State) -> Delivered:
    """Send it a message of type ``library.test``, and say what became of it."""
    with state.library.catalog.read() as session:
        webhook = webhook_by_id(session, webhook_id)
        session.expunge(webhook)
    return try_webhook(webhook, state.library.settings)
