"""Answers what other processes ask while a command works, once its work lasts."""

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape

from foundsound.cli.console import err
from foundsound.library import Library

if TYPE_CHECKING:
    from uvicorn import Server

SOON_S = 0.5  # work that is over by then needs no API, whose imports take twice as long


@contextlib.contextmanager
def api_beside(library: Library) -> Iterator[None]:
    """Answer searches on a free local port while the body runs; index runs are refused."""
    beside = _ApiBeside(library)
    beside.start()
    try:
        yield
    finally:
        beside.end()


class _ApiBeside(threading.Thread):
    def __init__(self, library: Library) -> None:
        super().__init__(daemon=True)
        self._library = library
        self._server: Server | None = None
        self._starting = threading.Lock()
        self._ended = threading.Event()

    def run(self) -> None:
        """Serve until told to end; nobody waits for imports that have become needless."""
        if self._ended.wait(SOON_S):
            return
        from foundsound.cli.api_thread import api_server, bind

        try:
            with bind("127.0.0.1", 0) as listener:
                with self._starting:
                    if self._ended.is_set():
                        return
                    self._server = api_server(self._library, None, listener)
                self._server.run([listener])
        except OSError as error:  # such as a full disk, of which the work tells by itself
            reason = escape(str(error))
            err.print(f"[yellow]Nobody can search meanwhile: {reason}.[/]", soft_wrap=True)

    def end(self) -> None:
        """Return once the library is asked no more."""
        with self._starting:
            self._ended.set()
        if self._server is not None:
            self._server.should_exit = True
            self.join()
