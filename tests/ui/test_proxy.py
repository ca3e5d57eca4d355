"""The proxy, in front of the real API on a real socket."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from foundsound.api_keys import KeyRing
from foundsound.catalog.identity import content_id
from foundsound.cli.api_beside import api_beside
from foundsound.cli.api_thread import bind, local_url
from foundsound.library import Library
from foundsound.ownership import current_owner
from foundsound.settings import Settings
from search_api.app import create_app
from tests.conftest import Index
from tests.waiting import wait_until
from ui.proxy import PREFIX, Proxy
from ui.settings import UiSettings


def client(url: str) -> TestClient:
    proxy = Proxy(UiSettings(api_url=url))
    route = Route(PREFIX + "/{path:path}", proxy.__call__, methods=["GET", "HEAD"])
    return TestClient(Starlette(routes=[route], lifespan=proxy.lifespan))


@pytest.fixture
def browser(library: Library, settings: Settings) -> Iterator[TestClient]:
    with api_beside(library):
        wait_until(lambda: current_owner(settings.data_dir) is not None)
        owner = current_owner(settings.data_dir)
        assert owner is not None
        with client(owner.url) as opened:
            yield opened


@pytest.fixture
def sound_id(library: Library, index: Index, sounds: Path) -> str:
    from foundsound.search.query.query import Query
    from foundsound.search.searcher import Searcher

    index(sounds)
    hits = Searcher(library).search(Query(text="name:tone*")).hits
    return hits[0].sound_id


def test_a_range_of_a_sound_passes_as_it_is(
    browser: TestClient, sound_id: str, sounds: Path
) -> None:
    answer = browser.get(f"/api/sounds/{sound_id}/audio", headers={"Range": "bytes=4-11"})
    assert answer.status_code == 206
    assert answer.content == (sounds / "tone.flac").read_bytes()[4:12]
    assert answer.headers["content-range"].startswith("bytes 4-11/")


def test_what_players_do_not_need_is_not_there(browser: TestClient, sound_id: str) -> None:
    for path in (f"/api/sounds/{sound_id}", "/api/stats", "/api/sounds/../stats", "/api/index"):
        assert browser.get(path).status_code == 404, path
    assert browser.post(f"/api/sounds/{sound_id}/audio").status_code == 405


def test_an_unknown_sound_is_the_apis_answer(browser: TestClient) -> None:
    answer = browser.get("/api/sounds/abc/audio")
    assert answer.status_code == 404
    assert "There is no sound abc" in answer.json()["detail"]


def test_an_api_that_is_away_is_a_sentence() -> None:
    with client("http://127.0.0.1:9") as browser:
        answer = browser.get("/api/sounds/abc/audio")
        assert answer.status_code == 503
        assert answer.json()["detail"] == "foundsound does not answer; is it running?"


def test_an_api_that_wants_a_key_gets_the_interfaces(
    library: Library, index: Index, sounds: Path
) -> None:
    index(sounds)
    app = create_app(library, token="the key", keys=KeyRing(library.catalog, None))
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        found = content_id(bytes(sounds / "noise.wav"), 2**30)
        for token, status in (("the key", 200), (None, 401)):
            proxy = Proxy(UiSettings(api_url=local_url(listener), api_token=token))
            route = Route(PREFIX + "/{path:path}", proxy.__call__)
            with TestClient(Starlette(routes=[route], lifespan=proxy.lifespan)) as browser:
                assert browser.get(f"/api/sounds/{found}/audio").status_code == status
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
