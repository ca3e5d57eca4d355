"""HTTP whose clients must send and take: uvicorn's own waits for ever for either.

Each connection costs a file descriptor and some memory; a few thousand that hang would leave none
for others. What a body may take is decided in ``slow_bodies.py``, where there is an answer
to give.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_S = 20.0  # from the connection, or the first byte of a later request
HEADERS_BYTES = 64 * 1024
TAKE_S = 60.0  # in which a client that takes nothing of a full buffer is given up


class PatientHttp(HttpToolsProtocol):
    """A connection that is closed when its client does neither."""

    _expecting = False  # headers, or the rest of them
    _due: asyncio.TimerHandle | None = None  # their end
    _taking: asyncio.TimerHandle | None = None
    _header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See :class:`asyncio.Protocol`."""
        super().connection_made(transport)
        self._expect_headers()
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        if self._expecting:
            self._header_bytes += len(data)
            # One packet may hold headers and body; only what comes in many is looked at.
            if self._header_bytes - len(data) > HEADERS_BYTES:
                self._give_up()
                return
        super().data_received(data)
        if self._expecting:  # most requests come in one packet, and need no timer
            self._wait_for_headers()

    def on_message_begin(self) -> None:
        """See httptools: a request begins."""
        if not self._expecting:
            self._expect_headers()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """See httptools."""
        self._expecting = False
        if self._due is not None:
            self._due.cancel()
            self._due = None
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """See :class:`asyncio.Protocol`: the client takes nothing now."""
        super().pause_writing()
        self._taking = self.loop.call_later(TAKE_S, self._give_up)

    def resume_writing(self) -> None:
        """See :class:`asyncio.Protocol`."""
        super().resume_writing()
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _expect_headers(self) -> None:
        self._expecting = True
        self._header_bytes = 0

    def _wait_for_headers(self) -> None:
        if self._due is None:
            self._due = self.loop.call_later(HEADERS_S, self._give_up)

    def _give_up(self) -> None:
        self._cancel()
        self.transport.abort()

    def _cancel(self) -> None:
        for timer in (self._due, self._taking):
            if timer is not None:
                timer.cancel()
        self._due = self._taking = None
