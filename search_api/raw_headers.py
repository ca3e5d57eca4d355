"""One header of a request as it came; a mapping of them all costs more than the question."""

from starlette.types import Scope

_BEARER = "bearer "


def header(scope: Scope, name: bytes) -> str | None:
    """The first of that name, which is in lower case, as Latin-1; None where it is absent."""
    for each, value in scope["headers"]:
        if each == name:
            text: str = value.decode("latin-1")
            return text
    return None


def bearer(scope: Scope) -> str:
    """The key that was sent; empty when none was."""
    sent = header(scope, b"authorization") or ""
    return sent[len(_BEARER) :].strip() if sent[: len(_BEARER)].lower() == _BEARER else ""
