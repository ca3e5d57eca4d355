"""Connects to a Qdrant server."""

import warnings
from ipaddress import ip_address
from urllib.parse import urlsplit

from foundsound.errors import LibraryError
from foundsound.vectors.qdrant_calls import QdrantCalls
from foundsound.vectors.server_store import ServerStore

OLDEST = (1, 19)


def connect(url: str, api_key: str | None, timeout_s: float, prefix: str) -> ServerStore:
    """The vectors of the library called ``prefix`` on the server at ``url``.

    Raises:
        LibraryError: it is no Qdrant, too old, or refuses the key.
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what was just decided
        client = QdrantClient(
            url=url,
            api_key=api_key or None,
            timeout=max(1, round(timeout_s)),
            check_compatibility=False,  # done here, with an error instead of a warning
        )
    calls = QdrantCalls(timeout_s)
    try:
        _check_version(calls.run(client.info).version)
    except BaseException:
        client.close()
        raise
    return ServerStore(client, prefix, calls)


def _check_version(version: str) -> None:
    numbers = version.split("-")[0].split(".")
    try:
        found = tuple(int(number) for number in numbers[:2])
    except ValueError:
        raise LibraryError(f"The Qdrant server says it is version '{version}'.") from None
    if found < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise LibraryError(f"Qdrant {oldest} or newer is needed; this server is {version}.")


def _is_near(host: str) -> bool:
    """This machine, or a name without a dot: that of another container in a private network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return "." not in host
