"""Webhooks that are told of changes: each once, in order, until it has arrived."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from foundsound.alerts import service
from foundsound.alerts.change_webhooks import (
    ChangeTeller,
    MadeWebhook,
    NewWebhook,
    add_webhook,
    report_webhooks,
    try_webhook,
)
from foundsound.alerts.service import Alerting
from foundsound.catalog import change_webhooks as stored
from foundsound.catalog.change_models import ChangeWebhook
from foundsound.catalog.change_webhooks import claim_webhooks, webhook_by_id
from foundsound.catalog.changes import forget_changes
from foundsound.catalog.database import Catalog
from foundsound.catalog.marks import mark_sounds
from foundsound.catalog.models import utc_now
from foundsound.change_feed import NOW, read_changes
from foundsound.errors import InvalidRequest
from foundsound.metrics import CHANGE_DELIVERIES
from foundsound.settings import Settings
from tests.alerts.receiver import Receiver, is_signed
from tests.databases import both_databases

IDS = [f"{k:032}" for k in range(5)]


def say(catalog: Catalog, *sounds: str) -> None:
    """Something is said of each of these sounds."""
    for sound in sounds:
        with catalog.write() as session:
            mark_sounds(session, [sound], note=f"at {utc_now()}")


def made(catalog: Catalog, receiver: Receiver, settings: Settings) -> MadeWebhook:
    return add_webhook(catalog, NewWebhook(url=receiver.url), settings)


def heard(receiver: Receiver) -> list[list[str]]:
    """The sounds that each message told of."""
    return [[item["sound_id"] for item in m["data"]["changes"]] for m in receiver.messages()]


def told_changes() -> tuple[float, float]:
    """Messages that arrived so far, and attempts that came to nothing."""
    counts = {
        each.labels["outcome"]: each.value
        for metric in CHANGE_DELIVERIES.collect()
        for each in metric.samples
        if each.name.endswith("_total")
    }
    return counts.get("delivered", 0.0), counts.get("failed", 0.0)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def make_due(catalog: Catalog) -> None:
    with catalog.write() as session:
        session.execute(update(ChangeWebhook).values(due_at=utc_now() - timedelta(seconds=1)))


@both_databases
def test_it_is_told_what_happens_from_now_on(
    catalog: Catalog, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "IN_MESSAGE", 2)
    teller = ChangeTeller(catalog, settings)
    say(catalog, IDS[4])
    assert teller.run() == 0
    webhook = made(catalog, receiver, settings)
    assert teller.run() == 0
    say(catalog, *IDS[:3])
    assert [teller.run() for _ in range(3)] == [1, 1, 0]
    assert heard(receiver) == [IDS[:2], IDS[2:3]]
    assert len(set(receiver.keys())) == 2
    assert all(is_signed(webhook.secret, *each) for each in receiver.received)
    last = receiver.messages()[-1]
    assert (last["type"], last["data"]["missed"]) == ("library.changed", False)
    assert read_changes(catalog, NOW, 1).cursor == last["data"]["cursor"]
    with catalog.read() as session:
        (report,) = report_webhooks(session)
    assert (report.waiting, report.error) == (0, None)


@both_databases
def test_a_change_wakes_who_tells_of_it(
    catalog: Catalog, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK_S", 600.0)
    monkeypatch.setattr(service, "GATHER_S", 0.01)
    monkeypatch.setattr(service, "LEAST_S", 0.1)
    monkeypatch.setattr(stored, "BACKOFF_S", 0.1)
    made(catalog, receiver, settings)
    before = told_changes()
    alerting = Alerting(catalog, settings, None)
    alerting.start()
    try:
        for count, sound in enumerate(IDS[:3], start=1):
            say(catalog, sound)
            wanted = (before[0] + count, before[1])
            wait_until(partial(lambda wanted: told_changes() == wanted, wanted))
        receiver.answer = 500
        say(catalog, IDS[3])
        wait_until(lambda: told_changes()[1] >= before[1] + 2)  # tried again though nothing is new
        receiver.answer = 200
        wait_until(lambda: told_changes()[0] == before[0] + 4)
    finally:
        alerting.close()


@both_databases
def test_what_does_not_arrive_is_sent_again_as_it_was(
    catalog: Catalog, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "BACKOFF_S", 60.0)
    made(catalog, receiver, settings)
    teller = ChangeTeller(catalog, settings)
    say(catalog, IDS[0])
    receiver.answer = 500
    assert (teller.run(), teller.run()) == (1, 0)  # not at once
    with catalog.read() as session:
        (report,) = report_webhooks(session)
    assert (report.waiting, report.error) == (1, "The webhook answered 500.")
    say(catalog, IDS[1])
    make_due(catalog)
    receiver.answer = 200
    assert [teller.run() for _ in range(3)] == [1, 1, 0]
    assert heard(receiver) == [[IDS[0]], [IDS[1]]]


@both_databases
def test_a_process_that_died_leaves_its_message_to_another(
    catalog: Catalog, receiver: Receiver, settings: Settings
) -> None:
    made(catalog, receiver, settings)
    say(catalog, IDS[0])
    read_changes(catalog, NOW, 1)
    with catalog.write() as session:
        (claimed,) = claim_webhooks(session, "dead", utc_now())
    teller = ChangeTeller(catalog, settings)
    assert teller.run() == 0
    make_due(catalog)
    assert teller.run() == 1
    assert heard(receiver) == [[IDS[0]]]
    with catalog.write() as session:  # and the dead one was only slow
        stored.put_off_webhook(session, "dead", claimed, "Too late.", utc_now(), 0.0)
    with catalog.read() as session:
        assert webhook_by_id(session, claimed.id).error is None


def test_one_that_was_away_for_too_long_is_told_so(
    catalog: Catalog, receiver: Receiver, settings: Settings
) -> None:
    made(catalog, receiver, settings)
    say(catalog, *IDS[:3])
    forget_changes(catalog, utc_now() + timedelta(hours=1))
    teller = ChangeTeller(catalog, settings)
    assert (teller.run(), teller.run()) == (1, 0)
    (message,) = receiver.messages()
    assert (message["data"]["missed"], message["data"]["changes"]) == (True, [])
    say(catalog, IDS[4])
    assert teller.run() == 1
    assert heard(receiver)[1] == [IDS[4]]
    assert not receiver.messages()[1]["data"]["missed"]


def test_it_can_be_tried_and_must_be_allowed(
    catalog: Catalog, receiver: Receiver, settings: Settings
) -> None:
    webhook = made(catalog, receiver, settings)
    with catalog.read() as session:
        stored_one = webhook_by_id(session, webhook.id)
        session.expunge(stored_one)
    assert try_webhook(stored_one, settings).delivered
    assert receiver.messages()[0]["type"] == "library.test"
    receiver.answer = 404
    assert try_webhook(stored_one, settings).problem == "The webhook answered 404."
    strict = settings.model_copy(update={"webhook_allow": ""})
    with pytest.raises(InvalidRequest, match="is private"):
        made(catalog, receiver, strict)
    for url in ("ftp://example.com", "https://ada:pw@example.com"):
        with pytest.raises(InvalidRequest, match="webhook"):
            add_webhook(catalog, NewWebhook(url=url), settings)
    with pytest.raises(InvalidRequest, match="secret"):
        add_webhook(catalog, NewWebhook(url=receiver.url, secret="mine"), settings)
