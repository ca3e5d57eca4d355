"""What a process that serves, watches or works logs: lines for people or JSON, and no secrets."""

import json
import logging
import re
import sys
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import Processor

from foundsound.settings import Settings

OURS = ("foundsound", "ingest", "search_api")
HIDDEN = "***"
SHORTEST = 8  # a shorter secret would be hidden within words; its usual places are hidden anyway
# Whatever is said around them: keys and secrets of ours, what a header carries; no quote and no
# backslash is taken along, or a line would be JSON no more.
_SECRETS = re.compile(
    r"(?P<before>\bfs_[0-9a-f]{8}_|\bwhsec_|\bauthorization\W{1,6}(?:bearer|basic)\s+"
    r"|\bbearer\s+(?=[\w.~+/=-]{16}))[\w.~+/=-]+",
    re.IGNORECASE,
)
_PASSWORDS = re.compile(r"(?P<before>://[^\s/:@]*:)[^\s/@\"\\]+(?=@)")


def configure_logs(settings: Settings) -> None:
    """Log to stderr from now on, as ``log_format`` and ``log_level`` say.

    The level is that of our own parts; of libraries warnings are told, because some of them tell
    addresses that they call, and those may hold a secret.
    """
    shared: list[Processor] = [
        merge_contextvars,
        add_log_level,
        add_logger_name,
        ExtraAdder(),
        TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Discreet(
            secrets_of(settings),
            foreign_pre_chain=shared,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                *(_json() if settings.log_format == "json" else _text()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level.upper())


def secrets_of(settings: Settings) -> list[str]:
    """The secrets among the settings, as they might be written."""
    given = [settings.api_key, settings.api_token, settings.qdrant_api_key]
    for url in (settings.database_url, settings.qdrant_url):
        password = urlsplit(url or "").password
        given += [password, unquote(password or "")]
    found = [secret for secret in given if secret and len(secret) >= SHORTEST]
    quoted = [form(secret)[1:-1] for secret in found for form in (json.dumps, repr)]
    return sorted({*found, *quoted}, key=len, reverse=True)


def discreet(line: str, secrets: Sequence[str] = ()) -> str:
    """The line without secrets: those given, and whatever looks like one of ours."""
    for secret in secrets:
        line = line.replace(secret, HIDDEN)
    for pattern in (_SECRETS, _PASSWORDS):
        line = pattern.sub(rf"\g<before>{HIDDEN}", line)
    return line


class _Discreet(ProcessorFormatter):
    def __init__(
        self,
        secrets: Sequence[str],
        foreign_pre_chain: Sequence[Processor],
        processors: Sequence[Processor],
    ) -> None:
        super().__init__(processors=processors, foreign_pre_chain=foreign_pre_chain)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        # The whole line, at the end: nothing that is said of an error comes by another way.
        return discreet(super().format(record), self._secrets)


def _json() -> list[Processor]:
    return [format_exc_info, JSONRenderer(ensure_ascii=False)]


def _text() -> list[Processor]:
    colours = sys.stderr.isatty()
    # No values of variables beside a traceback, as the renderer's own would have them.
    return [ConsoleRenderer(colors=colours, exception_formatter=plain_traceback)]
