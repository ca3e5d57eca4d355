"""Gets at the library: by opening it, or by asking the process that has it open."""

import time
from collections.abc import Callable
from typing import TypeVar

from rich.markup import escape

from foundsound.cli.console import announce
from foundsound.cli.remote import RemoteLibrary
from foundsound.errors import LibraryBusy, Unavailable
from foundsound.library import Library
from foundsound.ownership import current_owner
from foundsound.settings import Settings

WAIT_S = 20.0  # a search that runs at the same time is over by then
RETRY_S = 0.05
SERVERS_S = 2.0  # between two looks at servers that are away
T = TypeVar("T")


def when_servers_answer(opened: Callable[[], T], *, logged: bool = False) -> T:
    """What ``opened`` opens, however long its servers take: they may start after us.

    Args:
        logged: what is waited for is a log line.
    """
    told = ""
    while True:
        try:
            return opened()
        except Unavailable as error:
            if str(error) != told:
                told = str(error)
                announce(f"[yellow]{escape(told)} Waiting for it.[/]", logged=logged)
        time.sleep(SERVERS_S)


def open_or_connect(settings: Settings) -> Library | RemoteLibrary:
    """The library opened here, or a connection to its owner; both are context managers.

    Raises:
        LibraryBusy: another process has it and cannot be asked.
        LibraryError, ModelError: it cannot be opened.
        Unavailable: a server that it needs is away.
    """
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            return Library(settings)
        except LibraryBusy as error:
            busy = error
        owner = current_owner(settings.data_dir)
        if owner is not None:
            try:
                return RemoteLibrary(owner, settings.model)
            except LibraryBusy as error:
                busy = error  # it may be starting, or ending
        if time.monotonic() > deadline:
            raise busy
        time.sleep(RETRY_S)
