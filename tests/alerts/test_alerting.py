"""From a new sound to its receiver: each sound once, whatever happens in between."""

import json
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from foundsound.alerts import service
from foundsound.alerts.deliver import Deliverer
from foundsound.alerts.evaluate import Evaluator
from foundsound.alerts.report import report_alert, report_alerts
from foundsound.alerts.service import Alerting
from foundsound.alerts.shapes import AlertChange, AlertQuery
from foundsound.alerts.store import change_alert
from foundsound.catalog import deliveries
from foundsound.catalog.alert_models import AlertClip, AlertDelivery
from foundsound.catalog.alerts import alert_by_id, delete_alert
from foundsound.catalog.models import utc_now
from foundsound.embedding.embedder import Embedder
from foundsound.errors import InvalidRequest, LibraryError
from foundsound.library import Library
from tests.alerts.asking import found, items, make, make_due, waiting
from tests.alerts.receiver import Receiver, is_signed
from tests.conftest import Index
from tests.databases import both_databases
from tests.ingest.switching import NEW, switch
from tests.signals import noise, tone, write

pytestmark = both_databases


def test_new_sounds_are_found_once_and_told(
    library: Library, index: Index, seed: Path, sounds: Path, receiver: Receiver
) -> None:
    index(seed)
    assert waiting(library) == 0  # nobody asks
    alert = make(library, webhook_url=receiver.url)
    index(sounds)
    assert waiting(library) == 3
    assert Evaluator(library).run() == 3
    assert Evaluator(library).run() == waiting(library) == 0
    assert found(library) == ["high.ogg", "noise.wav", "tone.flac"]
    deliverer = Deliverer(library.catalog, library.settings)
    assert (deliverer.run(), deliverer.run()) == (3, 0)
    assert receiver.paths() == found(library)
    assert alert.webhook_secret is not None
    for headers, body in receiver.received:
        assert is_signed(alert.webhook_secret, headers, body)
        assert not is_signed(alert.webhook_secret, headers, body + b" ")
        assert headers["idempotency-key"] == headers["webhook-id"] == json.loads(body)["id"]
    assert len(set(receiver.keys())) == 3
    # Touched, indexed again by another model, deleted and back: it stays at once.
    (sounds / "noise.wav").touch()
    index(sounds)
    switch(library)
    assert library.embedder.name == NEW
    assert (waiting(library), Evaluator(library).run()) == (0, 0)
    write(sounds / "later.wav", tone(1.0, 150.0))
    index(sounds)
    assert Evaluator(library).run() == 1
    assert found(library) == ["high.ogg", "later.wav", "noise.wav", "tone.flac"]


def test_new_sounds_wake_who_asks_and_who_delivers(
    library: Library,
    index: Index,
    seed: Path,
    sounds: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "LOOK_S", 3600.0)
    index(seed)
    lines = tmp_path / "found.jsonl"
    make(library, file=str(lines))
    alerting = Alerting(library.catalog, library.settings, library)
    alerting.start()
    try:
        index(sounds)
        for _ in range(4800):
            if lines.exists() and len(lines.read_text().splitlines()) == 3:
                break
            time.sleep(0.05)
    finally:
        alerting.close()
    assert len(lines.read_text().splitlines()) == 3


def test_a_sound_that_comes_back_is_not_news(
    library: Library, index: Index, seed: Path, sounds: Path
) -> None:
    index(seed)
    make(library)
    index(sounds)
    Evaluator(library).run()
    content = (sounds / "noise.wav").read_bytes()
    (sounds / "noise.wav").unlink()
    index(sounds)
    forgetful = library.settings.model_copy(update={"tombstone_days": 0})
    object.__setattr__(library, "settings", forgetful)
    index(sounds)  # forgets it for good
    (sounds / "noise.wav").write_bytes(content)
    assert index(sounds).embedded == 1
    assert Evaluator(library).run() == 1
    assert found(library) == ["high.ogg", "noise.wav", "tone.flac"]


def test_the_threshold_is_the_strength_of_a_search(
    library: Library, index: Index, seed: Path, sounds: Path
) -> None:
    index(seed)
    everything = make(library, "a high tone")
    index(sounds)
    Evaluator(library).run()
    strengths = {each.path: each.strength or 0.0 for each in items(library, everything)}
    ordered = sorted(strengths.values())
    between = (ordered[1] + ordered[2]) / 2
    strict = make(library, "a high tone", name="Strict", threshold=between)
    write(sounds / "again.wav", tone(1.0, hz=3001.0))
    write(sounds / "noise2.wav", noise(2.0, seed=5))
    index(sounds)
    Evaluator(library).run()
    late = {each.path: each.strength or 0.0 for each in items(library, everything)}
    expected = {p: s for p, s in late.items() if p not in strengths and s >= between}
    assert {each.path: each.strength for each in items(library, strict)} == pytest.approx(expected)


def test_filters_clips_items_and_what_is_unwanted(
    library: Library, index: Index, seed: Path, sounds: Path
) -> None:
    index(seed)
    (example,) = items_of_library(library)
    clip = AlertClip(number=0, name="tone.flac", data=(sounds / "tone.flac").read_bytes())
    by_name = make(library, None, name="a", query=AlertQuery(text="dur:>1.2 fmt:wav"))
    by_clip = make(library, None, name="b", clips=[clip], threshold=None)
    like = AlertQuery.model_validate({"parts": [{"type": "item", "sound_id": example}]})
    by_item = make(library, None, name="c", query=like, threshold=None)
    text = {"type": "text", "text": "beep", "negative": True}
    unwanted = AlertQuery.model_validate({"text": "beep tone", "parts": [text]})
    without = make(library, None, name="d", query=unwanted)
    index(sounds)
    Evaluator(library).run()
    assert found(library, by_name) == ["noise.wav"]
    assert [each.strength for each in items(library, by_name)] == [None]
    assert "tone.flac" in found(library, by_clip)
    assert "noise.wav" not in found(library, by_clip)
    assert found(library, by_item) == ["noise.wav"]
    assert len(found(library, without)) < 3


def items_of_library(library: Library) -> list[str]:
    from foundsound.catalog.models import Sound

    with library.catalog.read() as session:
        return list(session.scalars(select(Sound.id)))


def test_quoted_words_alone_need_no_ear(
    library: Library, index: Index, seed: Path, sounds: Path
) -> None:
    index(seed)
    named = make(library, '"noise"', threshold=None)
    apart = make(library, '"noise" -zither', name="Apart", threshold=None)
    index(sounds)
    Evaluator(library).run()
    assert found(library, named) == found(library, apart) == ["noise.wav"]


def test_a_receiver_that_fails_stalls_and_comes_back(
    library: Library,
    index: Index,
    seed: Path,
    sounds: Path,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliveries, "BACKOFF_S", 60.0)
    index(seed)
    alert = make(library, webhook_url=receiver.url)
    index(sounds)
    Evaluator(library).run()
    deliverer = Deliverer(library.catalog, library.settings)

    def state() -> tuple[int, int, str | None]:
        with library.catalog.read() as session:
            report = report_alert(session, alert.id)
        return report.waiting, report.given_up, report.last_error

    receiver.answer = 500
    assert deliverer.run() == 3
    assert state() == (3, 0, "The webhook answered 500.")
    assert deliverer.run() == 0  # not yet

    def assert_put_off(by_s: float) -> None:
        make_due(library)
        begun = utc_now()
        assert deliverer.run() == 3
        with library.catalog.read() as session:
            due_at = session.scalars(select(AlertDelivery.due_at)).first()
        assert due_at is not None
        assert begun <= due_at - timedelta(seconds=by_s) <= utc_now()

    for wait_s in (120, 240, 480):
        assert_put_off(wait_s)
    receiver.answer, receiver.headers_sent = 503, {"retry-after": "3000"}
    assert_put_off(3000)
    receiver.answer, receiver.let_go = 200, threading.Event()
    make_due(library)
    hasty = library.settings.model_copy(update={"webhook_timeout_s": 1.0})
    Deliverer(library.catalog, hasty).run()
    assert state() == (3, 0, "The webhook did not answer within 1 s.")
    receiver.let_go.set()
    receiver.let_go, receiver.headers_sent = None, {}
    make_due(library)
    deliverer.run()
    assert state() == (0, 0, None)
    # The stalled attempts were taken after all: the same keys tell the receiver.
    assert len(set(receiver.keys())) == 3
    assert {len({p for p in receiver.paths() if p == path}) for path in receiver.paths()} == {1}


def test_nothing_is_lost_or_told_twice_when_a_process_dies(
    library: Library,
    index: Index,
    seed: Path,
    sounds: Path,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index(seed)
    lines = sounds.parent / "found.jsonl"
    make(library, webhook_url=receiver.url, file=str(lines))

    class Died(Exception):
        pass

    def die(*_: object, **__: object) -> None:
        raise Died

    # Between the sound's row and anything else: the row brings the backlog along.
    with monkeypatch.context() as patched:
        patched.setattr("ingest.pipeline.save_analysis", die)
        with pytest.raises(Died):
            index(sounds)
    assert waiting(library) == 0
    index(sounds)
    assert waiting(library) == 3
    # Amid the transaction that writes down what was found.
    for step in ("take_awaiting", "record_hits", "database_now"):
        with monkeypatch.context() as patched:
            patched.setattr(f"foundsound.alerts.evaluate.{step}", die)
            with pytest.raises(Died):
                Evaluator(library).run()
        assert (waiting(library), found(library)) == (3, [])
    Evaluator(library).run()
    # After they were claimed, before they were sent; then after sending, before it is noted.
    for step in ("_send", "settle_delivery"):
        with monkeypatch.context() as patched:
            patched.setattr(f"foundsound.alerts.deliver.{step}", die)
            with pytest.raises(Died):
                Deliverer(library.catalog, library.settings).run()
        assert Deliverer(library.catalog, library.settings).run() == 0  # leased
        make_due(library)  # the lease has ended
    assert Deliverer(library.catalog, library.settings).run() == 6
    assert Deliverer(library.catalog, library.settings).run() == 0
    assert len(set(receiver.keys())) == 3
    written = [json.loads(line)["id"] for line in lines.read_text().splitlines()]
    assert sorted(written) == sorted(set(receiver.keys()))


def test_two_workers_share_the_work(
    library: Library, index: Index, seed: Path, sounds: Path, receiver: Receiver
) -> None:
    index(seed)
    make(library, webhook_url=receiver.url)
    for number in range(12):
        write(sounds / f"tone{number}.wav", tone(0.5, hz=200.0 + 60 * number))
    index(sounds)
    together = threading.Barrier(2)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            together.wait()
            Evaluator(library).run()
            together.wait()
            deliverer = Deliverer(library.catalog, library.settings)
            while deliverer.run():
                pass
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(found(library)) == receiver.tries == 15
    assert receiver.paths() == found(library)


def test_a_model_that_fails_loses_nothing(
    library: Library, index: Index, seed: Path, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(seed)
    make(library)
    index(sounds)

    def fail(self: Embedder, texts: object) -> None:
        raise LibraryError("The text encoder is away.")

    with monkeypatch.context() as patched:
        patched.setattr(type(library.embedder), "embed_text", fail)
        with pytest.raises(LibraryError):
            Evaluator(library).run()
    assert waiting(library) == 3
    Evaluator(library).run()
    assert len(found(library)) == 3


def test_pausing_changing_and_deleting(
    library: Library, index: Index, seed: Path, sounds: Path, receiver: Receiver
) -> None:
    index(seed)
    alert = make(library, webhook_url=receiver.url)
    other = make(library, name="Other")

    def change(**fields: Any) -> None:
        with library.catalog.write(alone=True) as session:
            wanted = AlertChange.model_validate(fields)
            change_alert(session, alert_by_id(session, alert.id), wanted, library.settings)

    index(sounds)
    Evaluator(library).run()
    change(paused=True)
    deliverer = Deliverer(library.catalog, library.settings)
    assert deliverer.run() == 0
    write(sounds / "more.wav", tone(1.0, 700.0))
    index(sounds)
    Evaluator(library).run()
    assert (len(found(library, alert)), len(found(library, other))) == (3, 4)
    change(paused=False, name="Renamed", threshold=90.0)
    assert deliverer.run() == 3
    assert {each["data"]["alert"] for each in receiver.messages()} == {"Renamed"}
    write(sounds / "even more.wav", tone(1.0, 900.0))
    index(sounds)
    with library.catalog.write(alone=True) as session:
        delete_alert(session, alert_by_id(session, other.id))
    Evaluator(library).run()
    assert len(found(library)) == 3
    with library.catalog.read() as session:
        problem = report_alert(session, alert.id).problem or ""
    assert "No sound can reach the threshold 90" in problem
    with library.catalog.write(alone=True) as session:
        delete_alert(session, alert_by_id(session, alert.id))
        assert report_alerts(session) == []
    assert found(library) == []


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "An alert's name needs at least one character."),
    ({"query": AlertQuery()}, "The query is empty"),
    ({"query": AlertQuery(text="dur:<x")}, "'<x' is no value for 'dur:'"),
    ({"query": AlertQuery(text="-rain")}, "Say what to find as well"),
    ({"query": {"parts": [{"type": "item", "sound_id": "f" * 32}]}}, "There is no sound"),
    ({"webhook_url": "ftp://example.com"}, "A webhook is an http"),
    ({"webhook_url": "https://me:word@example.com"}, "holds no user or password"),
    ({"webhook_url": "http://10.1.2.3/"}, "The webhook's host 10.1.2.3 is private"),
    ({"webhook_url": "http://[::ffff:192.168.0.1]/"}, "is private"),
    ({"webhook_url": "http://169.254.169.254/latest"}, "is private"),
    ({"webhook_url": "http://0x0a.1/"}, "is private"),
    ({"webhook_url": "http://167772161/"}, "is private"),
    ({"webhook_url": "http://192.168.1.1./"}, "is private"),
    ({"webhook_url": "http://exa mple.com/"}, "such as https://example.com/hook"),
    ({"webhook_url": "https://example.com", "webhook_secret": "hunter2"}, "A webhook's secret is"),
    ({"threshold": 900.0}, "No sound can reach the threshold 900 with this model"),
    ({"file": "relative.jsonl"}, "absolute path"),
    ({"file": "/etc/passwd"}, "ends in .jsonl"),
    ({"file": "/no/such/folder/x.jsonl"}, "There is no folder /no/such/folder"),
]


def test_what_cannot_be_is_refused_and_nothing_is_stored(
    library: Library, index: Index, seed: Path
) -> None:
    index(seed)
    for fields, sentence in BAD:
        if isinstance(fields.get("query"), dict):
            fields = fields | {"query": AlertQuery.model_validate(fields["query"])}
        with pytest.raises(InvalidRequest) as refused:
            make(library, **fields)
        assert sentence.lower() in str(refused.value).lower()
    clip = AlertClip(number=0, name="words.txt", data=b"no audio at all")
    with pytest.raises(InvalidRequest, match=r"words\.txt"):
        make(library, None, clips=[clip])
    make(library)
    with pytest.raises(InvalidRequest, match="There is an alert 'Any' already"):
        make(library, name="ANY")
    with library.catalog.read() as session:
        assert [each.name for each in report_alerts(session)] == ["Any"]
