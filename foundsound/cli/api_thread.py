"""Runs the API of an open library beside other work, so that other processes can ask it."""

import socket
import sys
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from types import FrameType

import uvicorn

from foundsound.api_keys import KeyRing, any_valid
from foundsound.errors import InvalidRequest
from foundsound.indexing import IndexRuns
from foundsound.library import Library
from foundsound.pulse import Pulse
from search_api.app import create_app
from search_api.patient_http import PatientHttp

SWITCH_S = 0.0005


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=128)
    # Connections inherit it. asyncio sets it only on sockets that name their protocol, and without
    # it the second half of an answer waits 40 ms for the client's acknowledgement of the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def local_url(listener: socket.socket) -> str:
    """How a process on this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_local(listener: socket.socket) -> bool:
    """True when only this machine reaches the listener."""
    return ip_address(listener.getsockname()[0]).is_loopback


def demand_keys(library: Library, listener: socket.socket) -> None:
    """See that an API which other machines reach has a key.

    Raises:
        InvalidRequest: there is none, so that nobody could use it; the sentence tells how to make
            one.
    """
    if is_local(listener) or library.settings.api_key:
        return
    with library.catalog.read() as session:
        if any_valid(session):
            return
    host = listener.getsockname()[0]
    raise InvalidRequest(
        f"Other machines reach {host}, so the API needs a key: make one with 'foundsound keys add "
        "NAME --scope admin', or set FOUNDSOUND_API_KEY."
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_exit: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_exit = on_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End; what works beside the server begins to end at once, not when it is through."""
        self._on_exit()
        super().handle_exit(sig, frame)


def _favour_queries() -> None:
    """Let this process answer quickly while it does other work."""
    # A query gives the interpreter's lock away at every step, and then waits for it as long as
    # whatever else computes may keep it: 5 ms by default, many times in one query.
    sys.setswitchinterval(SWITCH_S)


def api_server(
    library: Library,
    runs: IndexRuns | None,
    listener: socket.socket,
    on_exit: Callable[[], None] = lambda: None,
    pulses: Sequence[Pulse] = (),
) -> uvicorn.Server:
    """Announce the library's owner and make its server; ``run(sockets=[listener])`` starts it.

    Args:
        on_exit: called, in the main thread, as soon as a signal asks the server to end.
        pulses: of what works beside the server.
    """
    _favour_queries()
    owner = library.ownership.announce(local_url(listener))
    local = is_local(listener)
    keys = None if local else KeyRing(library.catalog, library.settings.api_key)
    app = create_app(library, runs, owner.token, local_only=local, keys=keys, pulses=pulses)
    config = uvicorn.Config(
        app,
        log_config=None,  # what it says goes where our own lines go
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        http=PatientHttp,
    )
    return _Server(config, on_exit)
