"""The files that a pipeline has claimed: handed out singly, kept alive, given back at the end."""

import logging
import os
import secrets
import socket
import threading
from collections import deque
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from foundsound.catalog.queue import (
    claim,
    database_now,
    heartbeat,
    put_off,
    quarantine,
    release,
    release_all,
    settle,
)
from foundsound.catalog.scope import Scope
from foundsound.library import Library
from foundsound.metrics import EXPIRED
from foundsound.outage_log import OutageLog
from ingest.work_item import WorkItem

FILES_A_THREAD = 4  # claimed at once: few to give back at a stop, enough for one claim to be cheap
MIN_FILES, MAX_FILES = 16, 64
BEATS = 3  # a lease outlives two heartbeats that fail

log = logging.getLogger(__name__)


class Leases:
    """Claims files as they are taken. Thread-safe; a context manager.

    Inside it heartbeats keep the claims; leaving it gives back what was not finished. A claim that
    is lost all the same, to a file that changed or a machine that slept, is noticed wherever it
    would matter: nothing is written down for a file that another worker has.

    Args:
        space_id: what the files are to be embedded into.
        scopes: claim only what somebody waits for in these places; empty: everything.
    """

    def __init__(self, library: Library, space_id: int, scopes: Sequence[Scope] = ()) -> None:
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._library = library
        self._space_id = space_id
        self._scopes = scopes
        self._lease_s = library.settings.lease_s
        wanted = library.settings.thread_count * FILES_A_THREAD
        self.limit = min(MAX_FILES, max(MIN_FILES, wanted))  # files in one claim
        self._claiming = threading.Lock()
        self._changing = threading.Lock()
        self._waiting: deque[WorkItem] = deque()
        self._held: dict[int, int] = {}  # file to the number of its claim
        self._claims = 0
        self._may_hold = False  # also what we do not know of
        self._leaving = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Leases":
        self._beating.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._claiming:
            self._leaving.set()
        self._beating.join()
        try:
            if self._may_hold:
                with self._library.catalog.write() as session:
                    release_all(session, database_now(session), self.worker)
        except Exception as error:  # then they come back when the leases end
            log.warning("claimed files cannot be given back now: %s", error)

    def look_ahead(self) -> list[WorkItem]:
        """The files that are handed out next, claimed if need be; empty when there is no work."""
        with self._claiming:
            if not self._waiting:
                self._claim()
            return list(self._waiting)

    def take(self) -> WorkItem | None:
        """The next file; None when nothing can be claimed now."""
        with self._claiming:
            if not self._waiting:
                self._claim()
            return self._waiting.popleft() if self._waiting else None

    def keep(self, session: Session, items: Iterable[WorkItem]) -> set[int]:
        """Hold these files at least until the transaction ends; ids of those that are ours still.

        Every transaction that is to write down what became of files begins with it.
        """
        ids = [item.location_id for item in items]
        return heartbeat(session, self.worker, ids, self._lease_s, database_now(session))

    def settle(self, session: Session, items: Iterable[WorkItem]) -> None:
        """The contents of these files have their vectors."""
        ids = [item.location_id for item in items]
        settle(session, self.worker, ids, self._space_id, database_now(session))

    def put_off(self, session: Session, item: WorkItem, reason: str, *, to_blame: bool) -> bool:
        """An attempt came to nothing; True when it was the last.

        Args:
            to_blame: the file is; otherwise attempts do not end.
        """
        last = self._library.settings.max_attempts if to_blame else None
        now = database_now(session)
        return put_off(session, self.worker, item.location_id, reason, now, last)

    def quarantine(self, session: Session, items: Iterable[WorkItem], reason: str) -> None:
        """The content of these files can never be used."""
        for item in items:
            quarantine(session, self.worker, item.location_id, reason)

    def give_back(self, items: Iterable[WorkItem], delay_s: float = 0.0) -> None:
        """These files are work again, for anyone."""
        self._give_back({item.location_id for item in items}, delay_s)

    def forget(self, items: Iterable[WorkItem]) -> None:
        """What became of these files has been written down."""
        with self._changing:
            for item in items:
                self._held.pop(item.location_id, None)

    def _claim(self) -> None:
        if self._leaving.is_set():  # a thread that nobody waits for
            return
        held = self._may_hold
        self._may_hold = True  # a Ctrl-C may come, or an answer be lost, behind the commit
        with self._library.catalog.write() as session:
            now = database_now(session)
            files = claim(
                session,
                self.worker,
                self._space_id,
                self.limit,
                self._lease_s,
                now,
                self._scopes,
            )
        EXPIRED.inc(sum(file.expired for file in files))
        with self._changing:
            self._claims += 1
            self._held |= {file.location_id: self._claims for file in files}
        self._may_hold = held or bool(files)
        self._waiting.extend(
            WorkItem(
                file.location_id,
                self._library.paths.local(file.path),
                file.size,
                file.mtime_ns,
            )
            for file in files
        )

    def _give_back(self, location_ids: set[int], delay_s: float = 0.0) -> None:
        if not location_ids:
            return
        with self._library.catalog.write() as session:
            release(session, self.worker, location_ids, database_now(session), delay_s)
        with self._changing:
            for id_ in location_ids:
                self._held.pop(id_, None)

    def _beat(self) -> None:
        outages = OutageLog(log)
        while not self._leaving.wait(self._lease_s / BEATS):
            with self._changing:
                ours = dict(self._held)
            if not ours:
                continue
            try:
                with self._library.catalog.write() as session:
                    now = database_now(session)
                    kept = heartbeat(session, self.worker, ours, self._lease_s, now)
            except Exception as error:  # the next beat may get through
                outages.failed(f"Claims cannot be kept alive now: {error}")
                continue
            outages.worked("Claims are kept alive again.")
            with self._changing:
                for id_ in ours.keys() - kept:
                    if self._held.get(id_) == ours[id_]:  # or it was given back and claimed again
                        del self._held[id_]
