"""What a process logs can be read by programs, and never holds a secret."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars

from foundsound.logs import OURS, configure_logs, discreet
from foundsound.settings import Settings

SECRETS = {
    "api_key": "k" * 40,
    "api_token": "t0ken-" + "t" * 20,
    "qdrant_api_key": 'q"drant\\key',
    "database_url": "postgresql://user:p%40ssw0rd-of-sql@db/sounds",
}
SENT = {
    "a key": "fs_0a1b2c3d_" + "Ab-_" * 10 + "xyz",
    "a webhook's secret": "whsec_c2VjcmV0c2VjcmV0",
    "a header": "Authorization: Bearer abcdef0123456789",
    "basic": "Authorization: Basic dXNlcjpwYXNz",
    "another address": "http://someone:s3cr3t@elsewhere/x",
}
WORDS = [
    *(SECRETS[name] for name in ("api_key", "api_token", "qdrant_api_key")),
    "p%40ssw0rd-of-sql",
    "p@ssw0rd-of-sql",
    "Ab-_Ab",
    "c2VjcmV0",
    "abcdef0123",
    "dXNlcjpw",
    "s3cr3t",
]


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Where :func:`configure` has what is logged go; afterwards all is as before."""
    root = logging.getLogger()
    before = root.handlers, root.level, {name: logging.getLogger(name).level for name in OURS}
    yield io.StringIO()
    logging.captureWarnings(False)
    root.handlers, level, levels = before
    root.setLevel(level)
    for name, each in levels.items():
        logging.getLogger(name).setLevel(each)


def settings(**given: Any) -> Settings:
    return Settings(**(SECRETS | given))


def configure(told: io.StringIO, **given: Any) -> None:
    # Within the test: pytest puts its own stderr in place before each phase.
    with redirect_stderr(told):
        configure_logs(settings(**given))


def test_json_has_a_line_an_event(told: io.StringIO) -> None:
    configure(told, log_format="json", log_level="info")
    log = logging.getLogger("search_api.somewhere")
    with bound_contextvars(request_id="r-1"):
        log.info("request", extra={"status": 200, "path": "/a\nb"})
        try:
            raise OSError("no room")
        except OSError:
            log.exception("%s failed", "storing")
    log.debug("too much")
    logging.getLogger("httpx").info("HTTP Request: POST https://hooks.example/secret-path")
    first, second = (json.loads(line) for line in told.getvalue().splitlines())
    assert first["event"] == "request"
    assert (first["request_id"], first["status"], first["path"]) == ("r-1", 200, "/a\nb")
    assert (first["level"], first["logger"]) == ("info", "search_api.somewhere")
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["level"]) == ("storing failed", "error")
    assert "OSError: no room" in second["exception"]


def test_text_is_for_people(told: io.StringIO) -> None:
    configure(told)
    logging.getLogger("ingest.worker").warning("The disk is full. Trying again in %.0f s.", 2)
    logging.getLogger("ingest.worker").info("nobody asked")
    (line,) = told.getvalue().splitlines()
    assert "The disk is full. Trying again in 2 s." in line
    assert "ingest.worker" in line
    assert "\x1b" not in line


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_is_logged_by_any_way(told: io.StringIO, form: str) -> None:
    configure(told, log_format=form, log_level="debug")
    log = logging.getLogger("foundsound.x")
    asked = 0
    for secret in [*SECRETS.values(), "p@ssw0rd-of-sql", *SENT.values()]:
        log.warning("in the text: %s", secret)
        headers = json.dumps({"sent": secret})
        log.warning("beside it", extra={"sent": secret, "headers": headers, "x": [secret]})
        try:
            raise ValueError(f"connection to {secret} failed")
        except ValueError:
            log.exception("it failed")
        asked += 1
    assert asked == 10
    line = told.getvalue()
    assert line.count("in the text") == asked
    for word in WORDS:
        assert word not in line, word
        assert json.dumps(word)[1:-1] not in line, word
        assert repr(word)[1:-1] not in line, word
    if form == "json":
        assert len([json.loads(each) for each in line.splitlines()]) == 3 * asked
    assert "fs_0a1b2c3d_***" in line  # which key it was may be known
    assert "postgresql://user:***@db/sounds" in line


def test_what_is_no_secret_stays() -> None:
    line = "GET http://127.0.0.1:8765/search?q=x took 12.5 ms; see https://example.com:443/a@b"
    assert discreet(line, []) == line
    assert discreet("The basic settings of a bearer of news", []) == (
        "The basic settings of a bearer of news"
    )
