"""The client: an address, a key, and where this machine has the server's folders."""

from collections.abc import Mapping

import httpx

from foundsound_client.operations import Operations


class Client(Operations):
    """A foundsound server. A context manager; safe to use from several threads.

    Args:
        url: of the server, such as ``http://studio:8765``.
        key: an API key, or the token of ``owner.json``.
        path_map: the server's folders and this machine's, by which paths in answers are given.
        timeout_s: how long an answer may take.

    Every method raises :class:`~foundsound_client.base.ApiError` for what the server refuses, and
    ``httpx.HTTPError`` when it cannot be reached.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8765",
        key: str | None = None,
        path_map: Mapping[str, str] | None = None,
        timeout_s: float = 60.0,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        pairs = "; ".join(f"{there}={here}" for there, here in (path_map or {}).items())
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        if pairs:
            sent.append((b"Foundsound-Path-Map", pairs.encode()))
        super().__init__(httpx.Client(base_url=url, headers=sent, timeout=timeout_s))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
