"""Where a person's own machine has the folders that the library knows by the server's paths."""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Annotated

from pydantic import PlainSerializer

from foundsound.errors import InvalidRequest

_WINDOWS = re.compile(r"[A-Za-z]:\\|\\\\")  # Z:\ and \\server\share
_DRIVE = re.compile(r"[A-Za-z]:")


class ClientPaths:
    """Turns the library's paths into a client's; those in no mapped folder stay.

    Args:
        pairs: ``server folder=client folder``, such as ``/srv/sfx=/Volumes/sfx``; the longest
            folder that fits wins.

    Raises:
        InvalidRequest: a pair is none.
    """

    def __init__(self, pairs: Sequence[str]) -> None:
        self._pairs: list[tuple[str, str]] = []
        for pair in pairs:
            there, equals, here = pair.partition("=")
            if not equals or not there.startswith("/") or not here:
                raise InvalidRequest(
                    f"'{pair}' is no pair of folders such as /srv/sfx=Z:\\SFX or /srv/sfx=/mnt/sfx."
                )
            self._pairs.append((there.rstrip("/"), here.rstrip("/\\")))
        self._pairs.sort(key=lambda pair: -len(pair[0]))
        self._back = sorted(self._pairs, key=lambda pair: -len(pair[1]))

    def of(self, path: str) -> str:
        """The client's name for a path of the library's."""
        for there, here in self._pairs:
            if path == there or path.startswith(there + "/"):
                rest = path[len(there) :]
                shown = here + (rest.replace("/", "\\") if _is_windows(here) else rest)
                return shown + "\\" if _DRIVE.fullmatch(shown) else shown or "/"
        return path

    def there(self, path: str) -> str:
        """The library's name for a path of the client's, such as one that it was answered with."""
        for there, here in self._back:
            windows = _is_windows(here)
            named = path.replace("\\", "/") if windows else path
            folder = here.replace("\\", "/") if windows else here
            if named == folder or named.startswith(folder + "/"):
                return (there + named[len(folder) :]).rstrip("/") or "/"
        return path


def _is_windows(folder: str) -> bool:
    return _WINDOWS.match(folder + "\\") is not None


_client: ContextVar[ClientPaths | None] = ContextVar("client_paths", default=None)


def answer_with(paths: ClientPaths | None) -> None:
    """What is answered from now on, in this context, has paths as this client knows them."""
    _client.set(paths)


def client_paths() -> ClientPaths:
    """How whoever is being answered calls the library's folders."""
    return _client.get() or ClientPaths([])


def _shown(path: str) -> str:
    paths = _client.get()
    return path if paths is None else paths.of(path)


ShownPath = Annotated[str, PlainSerializer(_shown, return_type=str, when_used="json")]
