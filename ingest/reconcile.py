"""Compares a folder with the catalogue and writes down what there is to do."""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from sqlalchemy.orm import Session

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.locations import (
    KnownLocation,
    SeenFile,
    add_files,
    known_locations,
    mark_changed,
    mark_found,
    mark_missing,
)
from foundsound.catalog.models import Priority, Root
from foundsound.catalog.paths import absolute, contains, path_text
from foundsound.catalog.queue import database_now, enqueue
from foundsound.catalog.roots import root_for
from foundsound.catalog.scope import Scope
from foundsound.catalog.stats import Problem
from foundsound.errors import InvalidRequest
from foundsound.library import Library
from ingest.scan import scan_tree


@dataclass
class Reconciled:
    """What a scan found."""

    scope: Scope | None = None  # where it looked; None when it was stopped before
    new: int = 0
    changed: int = 0
    resumed: int = 0  # known, unchanged, but not finished by an earlier run
    unchanged: int = 0
    missing: int = 0
    problems: list[Problem] = field(default_factory=list)


def reconcile(
    library: Library,
    path: str | os.PathLike[str],
    stop: threading.Event,
    priority: Priority = Priority.NEW,
) -> Reconciled:
    """Bring the catalogue up to date with ``path``, a folder or one audio file.

    What is new, changed or unfinished is work with ``priority`` then. When ``stop`` is set before
    the scan is through, nothing is written down.

    Raises:
        InvalidRequest: there is nothing at ``path``, or no audio file by its name.
    """
    target = absolute(path)
    folder = target if os.path.isdir(target) else os.path.dirname(target)
    if not os.path.exists(target):
        raise InvalidRequest(f"There is no file or folder {path_text(target)}.")
    if folder != target and not is_audio_name(os.fsdecode(target)):
        raise InvalidRequest(
            f"{path_text(target)} is not an audio file by its name; index a folder, or a file "
            "such as .wav, .flac or .mp3."
        )
    with library.catalog.write() as session:
        root = root_for(session, folder)
        session.expunge(root)
    outcome = Reconciled()
    seen = _see(root, target, folder, outcome, stop)
    if stop.is_set():
        return outcome
    below = b"" if target == root.path else os.path.relpath(target, root.path)
    with library.catalog.write() as session:
        known = known_locations(session, root.id, below, library.space_id)
        queue = _Queue(library.space_id, priority, database_now(session))
        _record(session, root, seen, known, queue, outcome)
        _record_gone(session, root, target, seen, known, outcome)
    outcome.scope = Scope(root.id, below)
    library.catalog.signal.notify()
    return outcome


@dataclass(frozen=True)
class _Queue:
    """How work is written down."""

    space_id: int
    priority: Priority
    now: datetime


def _record(
    session: Session,
    root: Root,
    seen: Sequence[SeenFile],
    known: dict[bytes, KnownLocation],
    queue: _Queue,
    outcome: Reconciled,
) -> None:
    """Write down what was seen, and take it out of ``known``."""
    new: list[SeenFile] = []
    changed: list[tuple[int, SeenFile]] = []
    resumed: list[int] = []
    back: list[int] = []
    for file in seen:
        before = known.pop(file.raw_path, None)
        if before is None:
            new.append(file)
            continue
        if (file.size, file.mtime_ns) != (before.size, before.mtime_ns):
            changed.append((before.id, file))
        elif not before.settled:
            resumed.append(before.id)
        else:
            outcome.unchanged += 1
        if before.missing:
            back.append(before.id)
    mark_found(session, back)
    mark_changed(session, changed)
    added = add_files(session, root.id, new)
    work = [*resumed, *(id_ for id_, _ in changed), *added]
    enqueue(session, work, queue.space_id, queue.priority, queue.now)
    outcome.new, outcome.changed, outcome.resumed = len(new), len(changed), len(resumed)


def _record_gone(
    session: Session,
    root: Root,
    target: bytes,
    seen: Sequence[SeenFile],
    left: dict[bytes, KnownLocation],
    outcome: Reconciled,
) -> None:
    # What lies where the scan could not look is not gone.
    unseen = [problem.path for problem in outcome.problems]
    gone = [
        location.id
        for raw_path, location in left.items()
        if not location.missing
        and not any(contains(path, os.path.join(root.path, raw_path)) for path in unseen)
    ]
    if gone and not seen:
        # A drive that is not mounted looks just like this; nothing is taken for deleted.
        reason = "No audio files are left here; it looks offline, so nothing was changed."
        outcome.problems.append(Problem(target, reason))
        return
    mark_missing(session, gone)
    outcome.missing = len(gone)


def _see(
    root: Root, target: bytes, folder: bytes, outcome: Reconciled, stop: threading.Event
) -> list[SeenFile]:
    if target == folder:
        found = scan_tree(root.path, folder, outcome.problems.append)
        return list(takewhile(lambda _: not stop.is_set(), found))
    status = os.stat(target)
    return [SeenFile(os.path.relpath(target, root.path), status.st_size, status.st_mtime_ns)]
