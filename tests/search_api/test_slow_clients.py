"""Clients that send slowly, or nothing, or take nothing: others notice nothing."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from foundsound.cli.api_thread import api_server, bind, local_url
from foundsound.library import Library
from search_api import patient_http, slow_bodies
from tests.conftest import Index
from tests.signals import noise, write

CLIENTS = 100


@pytest.fixture
def url(library: Library, index: Index, sounds: Path) -> Iterator[str]:
    """A server as ``foundsound serve`` makes it."""
    index(sounds)
    with bind("127.0.0.1", 0) as listener:
        server = api_server(library, None, listener)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            url = local_url(listener)
            deadline = time.monotonic() + 60
            while not server.started or httpx.get(f"{url}/readyz", timeout=60).status_code != 200:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield url
        finally:
            server.should_exit = True
            thread.join()


def connected(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def ended(client: socket.socket) -> bool:
    """True once the server has closed the connection, which it may do by resetting it."""
    try:
        while client.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def test_requests_that_never_end_are_given_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_http, "HEADERS_S", 3.0)
    with ExitStack() as opened:
        clients = [opened.enter_context(connected(url)) for _ in range(CLIENTS)]
        for number, client in enumerate(clients):
            if number % 2:  # the others say nothing at all
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        wanted = {"text": "noise", "show_weak": True}
        found = httpx.post(f"{url}/search", json=wanted, timeout=60)
        assert len(found.json()["hits"]) == 3
        assert all(ended(client) for client in clients)
    # One that is kept alive has its time with each request anew.
    with httpx.Client(base_url=url, timeout=60) as kept:
        assert kept.get("/healthz").status_code == 200
        time.sleep(3.5)
        assert kept.get("/healthz").status_code == 200


def test_headers_without_end_are_given_up(url: str) -> None:
    with connected(url) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        header = b"X-Long: " + b"x" * 1000 + b"\r\n"
        with pytest.raises(ConnectionError):
            client.sendall(header * 50_000)
    assert httpx.get(f"{url}/healthz", timeout=60).status_code == 200


def test_a_body_that_stops_is_answered_408(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_bodies, "IDLE_S", 0.5)
    for path, kind in (
        ("/search", "application/json"),
        ("/search/audio", "multipart/form-data; boundary=x"),
        ("/classify", "multipart/form-data; boundary=x"),
    ):
        with connected(url) as client:
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
            client.sendall(f"{head}Content-Length: 5000\r\n\r\n--x\r\n".encode())
            answer = b""
            while part := client.recv(65536):  # until the server closes
                answer += part
        assert answer.startswith(b"HTTP/1.1 408"), answer
        assert b"application/problem+json" in answer


def test_a_body_that_drips_in_is_answered_408(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_bodies, "GRACE_S", 0.5)
    with connected(url) as client:
        client.sendall(
            b"POST /search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 5000\r\n\r\n"
        )
        client.settimeout(0.05)
        answer, deadline = b"", time.monotonic() + 60
        while not answer:
            assert time.monotonic() < deadline
            with suppress(
                ConnectionError
            ):  # it was closed, and its answer may be read all the same
                client.sendall(b" ")
            try:
                answer = client.recv(65536)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")


def test_a_client_that_takes_nothing_is_given_up(
    url: str, tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "long" / "long.wav", noise(300.0))  # more than any buffer between the two
    index(tmp_path / "long")
    body = {"text": "dur:>100"}
    found = httpx.post(f"{url}/search", json=body, timeout=60)
    (long,) = found.raise_for_status().json()["hits"]
    given_up = threading.Event()
    give_up = patient_http.PatientHttp._give_up

    def noted(protocol: patient_http.PatientHttp) -> None:
        give_up(protocol)
        given_up.set()

    with monkeypatch.context() as hasty, connected(url) as client:
        hasty.setattr(patient_http, "TAKE_S", 0.5)
        hasty.setattr(patient_http.PatientHttp, "_give_up", noted)
        path = f"/sounds/{long['sound_id']}/audio"
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert given_up.wait(60)
        received = 0
        try:
            while part := client.recv(2**20):
                received += len(part)
        except ConnectionError:
            pass
        assert received < (tmp_path / "long" / "long.wav").stat().st_size
    whole = httpx.get(f"{url}{path}", timeout=60).content
    assert whole == (tmp_path / "long" / "long.wav").read_bytes()
