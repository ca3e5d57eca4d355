"""Connects to a Qdrant server."""

import ssl
import warnings
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from foundsound.errors import LibraryError
from foundsound.vectors.placement import Placement
from foundsound.vectors.qdrant_calls import QdrantCalls
from foundsound.vectors.server_store import ServerStore

OLDEST = (1, 19)


def connect(
    url: str,
    api_key: str | None,
    timeout_s: float,
    prefix: str,
    *,
    ca_file: Path | None = None,
    placement: Placement | None = None,
) -> ServerStore:
    """The vectors of the library called ``prefix`` on the server at ``url``.

    Args:
        timeout_s: for each call.
        ca_file: authorities, in PEM, that alone may have signed an https server's certificate.
        placement: of the collections that are made.

    Raises:
        LibraryError: it is no Qdrant, too old, refuses the key, or is not whom it says it is.
        Unavailable: it cannot be reached.
    """
    from qdrant_client import QdrantClient

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LibraryError("FOUNDSOUND_QDRANT_URL must look like http://host:6333.")
    if api_key and parts.scheme == "http" and not _is_near(parts.hostname):
        raise LibraryError(
            "FOUNDSOUND_QDRANT_API_KEY would be sent in the clear: use an https address."
        )
    trusting: dict[str, Any] = {}  # handed on to httpx
    if ca_file is not None:
        if parts.scheme == "http":
            raise LibraryError("FOUNDSOUND_QDRANT_CA_FILE is of use with an https address alone.")
        trusting["verify"] = _authorities(ca_file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what was just decided
        client = QdrantClient(
            url=url,
            api_key=api_key or None,
            timeout=max(1, round(timeout_s)),
            check_compatibility=False,  # done here, with an error instead of a warning
            **trusting,
        )
    calls = QdrantCalls(timeout_s)
    try:
        _check_version(calls.run(client.info).version)
    except BaseException:
        client.close()
        raise
    return ServerStore(client, prefix, calls, placement)


def _check_version(version: str) -> None:
    numbers = version.split("-")[0].split(".")
    try:
        found = tuple(int(number) for number in numbers[:2])
    except ValueError:
        raise LibraryError(f"The Qdrant server says it is version '{version}'.") from None
    if found < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise LibraryError(f"Qdrant {oldest} or newer is needed; this server is {version}.")


def _authorities(ca_file: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise LibraryError(
            f"FOUNDSOUND_QDRANT_CA_FILE: {ca_file} holds no certificates that can be read "
            f"({error.strerror or error})."
        ) from error


def _is_near(host: str) -> bool:
    """This machine, or a name without a dot: that of another container in a private network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return "." not in host
