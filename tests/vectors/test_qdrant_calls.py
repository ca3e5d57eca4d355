"""What is tried again, what is not, and what a person is told: through the real client."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
import uvicorn
from fastapi import FastAPI, Response
from pydantic import ValidationError
from qdrant_client import QdrantClient

from foundsound.errors import LibraryError, Unavailable
from foundsound.settings import Settings
from foundsound.vectors.connect import connect
from foundsound.vectors.loss import has_lost
from foundsound.vectors.qdrant_calls import QdrantCalls
from tests.qdrant_process import QdrantProcess


class Server:
    """Answers ``GET /aliases`` with the given statuses in turn, the last one again and again."""

    def __init__(self) -> None:
        self.statuses: list[int] = [200]
        self.asked = 0
        self.version = "1.19.2"
        self.stalls = False
        self._leave = threading.Event()
        self.retry_after: dict[str, str] = {}
        app = FastAPI()

        @app.get("/")
        def root() -> dict[str, str]:
            return {"title": "qdrant", "version": self.version}

        @app.get("/aliases")
        def aliases() -> Response:
            status = self.statuses[min(self.asked, len(self.statuses) - 1)]
            self.asked += 1
            if self.stalls:
                self._leave.wait(60)
            if status == 200:
                return Response('{"result": {"aliases": []}, "status": "ok", "time": 0}')
            reason = '{"status": {"error": "because"}, "time": 0}'
            return Response(reason, status, self.retry_after)

        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def close(self) -> None:
        self._leave.set()
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    opened = Server()
    yield opened
    opened.close()


@pytest.mark.parametrize("statuses", [[503, 200], [500, 502, 200], [429, 200]])
def test_what_may_pass_is_tried_again(server: Server, statuses: list[int]) -> None:
    store = connect(server.url, None, 60.0, "x")
    server.statuses = statuses
    assert store.serving() is None
    assert server.asked == len(statuses)
    store.close()


def test_a_busy_server_is_given_the_time_that_it_asks_for(server: Server) -> None:
    store = connect(server.url, None, 60.0, "x")
    server.statuses, server.retry_after = [429, 200], {"Retry-After": "1"}
    started = time.monotonic()
    assert store.serving() is None
    assert time.monotonic() - started > 0.9
    server.statuses, server.asked, server.retry_after = [429], 0, {"Retry-After": "600"}
    with pytest.raises(Unavailable, match="too busy"):  # longer than a call may take
        store.serving()
    assert server.asked == 1
    store.close()


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "refuses: because"), (404, "because"), (403, "API_KEY")]
)
def test_a_refusal_is_final(server: Server, status: int, reason: str) -> None:
    store = connect(server.url, None, 60.0, "x")
    server.statuses = [status, 200]
    with pytest.raises(LibraryError, match=reason):
        store.serving()
    assert server.asked == 1
    store.close()


def test_attempts_end(server: Server) -> None:
    store = connect(server.url, None, 60.0, "x")
    server.statuses = [503]
    with pytest.raises(Unavailable, match="because"):
        store.serving()
    assert server.asked == 3
    store.close()


def test_an_answer_that_does_not_come_is_not_waited_for(server: Server) -> None:
    store = connect(server.url, None, 1.0, "x")
    server.stalls = True
    started = time.monotonic()
    with pytest.raises(Unavailable, match="cannot be reached"):
        store.serving()
    assert time.monotonic() - started < 50
    store.close()


def test_while_it_is_away_one_asks_and_the_others_do_not_wait() -> None:
    calls = QdrantCalls(60.0)
    entered, leave = threading.Event(), threading.Event()

    def fail() -> None:
        raise Unavailable("It is away.")

    def ask() -> str:
        entered.set()
        assert leave.wait(120)
        return "back"

    with pytest.raises(Unavailable):
        calls.run(fail)
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(calls.run(ask)))
    asking.start()
    assert entered.wait(120)
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"It is away\."):
        calls.run(lambda: "never called")
    assert time.monotonic() - started < 50
    leave.set()
    asking.join()
    assert answers == ["back"]
    assert calls.run(lambda: calls.run(lambda: "both")) == "both"


@pytest.mark.parametrize(
    ("version", "reason"), [("1.18.9", r"1\.19 or newer.*1\.18\.9"), ("dev", "version 'dev'")]
)
def test_a_server_that_is_too_old_is_refused(server: Server, version: str, reason: str) -> None:
    server.version = version
    with pytest.raises(LibraryError, match=reason):
        connect(server.url, None, 60.0, "x")


@pytest.mark.parametrize("key", ["wrong", None])
def test_a_wrong_key_is_refused_and_not_told(key: str | None) -> None:
    guarded = QdrantProcess(api_key="secret")
    guarded.start()
    try:
        with pytest.raises(LibraryError, match="FOUNDSOUND_QDRANT_API_KEY") as refused:
            connect(guarded.url, key, 5.0, "x").serving()
        assert "secret" not in str(refused.value)
        connect(guarded.url, "secret", 5.0, "x").close()
    finally:
        guarded.stop()


def test_a_server_is_who_it_says_it_is(tmp_path: Path) -> None:
    ours, other = trustme.CA(), trustme.CA()
    certificate, trusted, foreign = (tmp_path / f"{name}.pem" for name in ("server", "ca", "other"))
    ours.cert_pem.write_to_path(trusted)
    other.cert_pem.write_to_path(foreign)
    ours.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    secure = QdrantProcess(api_key="secret", certificate=certificate)
    secure.start()
    try:
        store = connect(secure.url, "secret", 5.0, "x", ca_file=trusted)
        assert store.serving() is None
        store.close()
        for ca_file in (foreign, None):
            with pytest.raises(LibraryError, match=r"not trusted.*FOUNDSOUND_QDRANT_CA_FILE"):
                connect(secure.url, "secret", 5.0, "x", ca_file=ca_file)
        name = secure.url.replace("127.0.0.1", "localhost")
        with pytest.raises(LibraryError, match="host as it stands in it"):
            connect(name, "secret", 5.0, "x", ca_file=trusted)
        with pytest.raises(LibraryError, match="https address alone"):
            connect(secure.url.replace("https", "http"), "secret", 5.0, "x", ca_file=trusted)
        (tmp_path / "empty").touch()
        for wrong in ("empty", "nowhere"):
            with pytest.raises(LibraryError, match="no certificates that can be read"):
                connect(secure.url, "secret", 5.0, "x", ca_file=tmp_path / wrong)
    finally:
        secure.stop()


def test_no_more_copies_can_have_a_write_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDSOUND_QDRANT_WRITE_CONSISTENCY", "2")
    with pytest.raises(ValidationError, match="fewer copies"):
        Settings()
    monkeypatch.setenv("FOUNDSOUND_QDRANT_REPLICAS", "2")
    assert Settings().qdrant_write_consistency == 2


def test_two_who_make_a_collection_at_once_get_one(qdrant_server: QdrantProcess) -> None:
    stores = [connect(qdrant_server.url, None, 5.0, "at-once") for _ in range(4)]
    failed: list[Exception] = []

    def make(number: int) -> None:
        try:
            stores[number].open("k", 4)
            stores[number].open_words("words")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=make, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client = QdrantClient(url=qdrant_server.url, check_compatibility=False)
    made = [each.name for each in client.get_collections().collections]
    assert failed == []
    assert sorted(name for name in made if name.startswith("at-once")) == [
        "at-once--k",
        "at-once--words",
    ]
    for key in ("k", "words"):
        stores[0].drop(key)
    client.close()
    for store in stores:
        store.close()


def test_a_loss_is_told_from_work_in_progress() -> None:
    def counts(*numbers: int) -> Iterator[int]:
        yield from numbers
        while True:
            yield numbers[-1]

    def lost(held: int, *rows: int) -> bool:
        expected = counts(*rows)
        return has_lost(lambda: held, lambda: next(expected))

    assert not lost(10, 10)
    assert not lost(12, 10)  # vectors come before their rows
    assert lost(9, 10)
    assert lost(0, 1)
    assert not lost(9, 10, 9)  # deleted meanwhile
    assert not lost(10, 10, 11)  # added meanwhile
