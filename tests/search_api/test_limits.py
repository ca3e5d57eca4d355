"""Who asks too much, from elsewhere, or for what is not theirs."""

import time
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from limits import strategies
from limits.storage import memory

from foundsound.api_keys import KeyRing, Scope, make_key
from foundsound.library import Library
from foundsound.settings import Settings
from search_api.app import create_app
from tests.search_api.test_search import assert_problem

MOST = 5


@pytest.fixture
def busy(settings: Settings) -> Iterator[Library]:
    """A library whose API takes five requests a minute."""
    with Library(settings.model_copy(update={"rate_limit": MOST})) as opened:
        yield opened


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute ends while a test asks."""
    clock = SimpleNamespace(time=partial(float, time.time()))
    for module in (memory, strategies):
        monkeypatch.setattr(module, "time", clock)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.usefixtures("one_moment")
def test_a_key_has_its_requests_a_minute_and_an_address_its_own(busy: Library) -> None:
    with busy.catalog.write() as session:
        one, other = (make_key(session, name, Scope.READ).key for name in "ab")
    keys = KeyRing(busy.catalog, None)
    with TestClient(create_app(busy, keys=keys)) as client:

        def asked(key: str) -> list[int]:
            return [client.get("/stats", headers=bearer(key)).status_code for _ in range(3 * MOST)]

        answers = asked(one)
        # The first request of a key is its address's: it had not been judged before.
        assert answers[: MOST + 1] == [200] * (MOST + 1)
        assert answers[-1] == 429
        refused = client.get("/stats", headers=bearer(one))
        assert_problem(refused, 429, "more than 5 requests a minute")
        assert 1 <= int(refused.headers["Retry-After"]) <= 120
        assert client.get("/stats", headers=bearer(other)).status_code == 200
        for number in range(3 * MOST):  # keys that are made up count for their address
            made_up = client.get("/stats", headers=bearer(f"fs_{number:08x}_" + "x" * 43))
            assert made_up.status_code in (401, 429)
        assert made_up.status_code == 429
        assert client.get("/stats").status_code == 429
        assert client.get("/stats", headers=bearer(other)).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_on_this_machine_nobody_is_held_back(busy: Library) -> None:
    with TestClient(create_app(busy, local_only=True), base_url="http://localhost") as client:
        answers = {client.get("/stats").status_code for _ in range(3 * MOST)}
    assert answers == {200}


def test_pages_of_other_origins_may_ask_only_if_a_setting_says_so(settings: Settings) -> None:
    ours, other = "https://tools.example", "https://evil.example"
    asked = {"Access-Control-Request-Method": "POST"}
    with Library(settings) as library, TestClient(create_app(library)) as client:
        answer = client.get("/stats", headers={"Origin": ours})
        assert not any(name.startswith("access-control") for name in answer.headers)
    allowed = settings.model_copy(update={"cors_origins": f"{ours}, https://also.example:8443"})
    with Library(allowed) as library:
        keys = KeyRing(library.catalog, "s" * 40)
        with TestClient(create_app(library, keys=keys)) as client:
            early = client.options("/search", headers=asked | {"Origin": ours})
            assert early.status_code == 200
            assert early.headers["Access-Control-Allow-Origin"] == ours
            # Also what is refused: a page should see why.
            refused = client.get("/stats", headers={"Origin": ours})
            assert refused.status_code == 401
            assert refused.headers["Access-Control-Allow-Origin"] == ours
            assert "access-control-allow-credentials" not in refused.headers
            stranger = client.get("/stats", headers={"Origin": other} | bearer("s" * 40))
            assert "access-control-allow-origin" not in stranger.headers


@pytest.mark.parametrize(
    "origins", ["*", "tools.example", "https://tools.example/page", "ftp://x", "https://"]
)
def test_what_is_no_origin_is_no_setting(origins: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        Settings(cors_origins=origins)


def test_every_answer_tells_browsers_to_be_careful(client: TestClient) -> None:
    for path in ("/stats", "/nowhere", "/docs"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in client.get("/stats").headers["Content-Security-Policy"]


def test_no_path_leads_out_of_the_library(client: TestClient) -> None:
    asked = 0
    for path in ("../../etc/passwd", "/etc/passwd", "..\\..\\etc\\passwd", "a/../../x", "\x00"):
        encoded = "".join(f"%{byte:02x}" for byte in path.encode())
        for kind in ("", "/audio", "/rendition", "/peaks", "/spectrogram.png", "/windows"):
            for sent in (encoded, encoded.replace("%2f", "/")):
                answer = client.get(f"/sounds/{sent}{kind}")
                assert answer.status_code in (404, 405, 422), (sent, kind)
                assert "root:" not in answer.text
                asked += 1
        assert client.get(f"/selection/{encoded}").status_code == 404
    assert asked == 60
