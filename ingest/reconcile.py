"""Compares a folder with the catalogue and writes down what there is to do."""

import os
import threading

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.backlog import unfinished_files
from foundsound.catalog.locations import Queued
from foundsound.catalog.models import Priority
from foundsound.catalog.paths import absolute, path_text
from foundsound.catalog.queue import database_now, enqueue, work_space
from foundsound.catalog.root_state import RootSettings, root_settings
from foundsound.catalog.roots import root_for, roots_inside
from foundsound.catalog.scope import Scope
from foundsound.catalog.stats import Problem
from foundsound.errors import InvalidRequest
from foundsound.ignore_rules import IgnoreRules
from foundsound.library import Library
from ingest.findings import Found
from ingest.scan import Scan, scan_parts


def reconcile(
    library: Library,
    path: str | os.PathLike[str],
    stop: threading.Event,
    priority: Priority = Priority.NEW,
) -> tuple[Scope, Found]:
    """:func:`look_at` the :func:`place_of` a path; roots inside it are left out."""
    root, below = place_of(library, path)
    return look_at(library, root, below, stop, priority)


def place_of(library: Library, path: str | os.PathLike[str]) -> tuple[RootSettings, bytes]:
    """The root that holds ``path``, a folder or one audio file, made if need be; the path in it.

    Raises:
        InvalidRequest: there is nothing at ``path``, or no audio file by its name, or its root's
            patterns leave it alone, or it is this machine's place for a folder that the catalogue
            knows by another path.
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
    if (known_as := library.paths.catalogued(target)) != target:
        # Mounts and markers are compared too: only who has the catalogue's paths can tell.
        raise InvalidRequest(
            f"The library knows {path_text(target)} as {path_text(known_as)} "
            "(FOUNDSOUND_PATH_MAP); index it on a machine that has it there. This one can help: "
            "foundsound worker."
        )
    with library.catalog.write(alone=True) as session:  # two scans must not add one root twice
        root = root_settings(session, root_for(session, folder).id)
        assert root is not None
        below = b"" if target == root.path else os.path.relpath(target, root.path)
        if below and IgnoreRules(root.ignored).ignores_below(below, folder=folder == target):
            raise InvalidRequest(
                f"{path_text(target)} is left alone by the patterns of {path_text(root.path)} "
                "(hidden files, and what was given as --ignore). A pattern that begins with ! "
                "takes it back: foundsound roots change --help."
            )
    return root, below


def inner_roots(library: Library, path: str | os.PathLike[str]) -> list[int]:
    """The roots that lie below ``path``; those that this machine has elsewhere are left out."""
    with library.catalog.read() as session:
        inside = roots_inside(session, absolute(path))
        return [root.id for root in inside if library.paths.local(root.path) == root.path]


def reconcile_root(
    library: Library, root_id: int, stop: threading.Event, priority: Priority = Priority.NEW
) -> tuple[Scope, Found]:
    """The same for a root, whether it is there or offline; nothing, if it was removed."""
    with library.catalog.read() as session:
        root = root_settings(session, root_id)
    if root is None:
        return Scope(root_id), Found()
    return look_at(library, root, b"", stop, priority)


def look_at(
    library: Library, root: RootSettings, below: bytes, stop: threading.Event, priority: Priority
) -> tuple[Scope, Found]:
    """Bring the catalogue up to date with a path in a root; roots inside it are left out.

    What is new, changed or unfinished is work with ``priority`` then.

    Returns:
        Where it looked, and what it found.
    """
    scope = Scope(root.id, below)
    with library.catalog.read() as session:
        queued = Queued(work_space(session, library.space_id), priority)
    share = library.settings.vanished_share
    found = scan_parts(Scan(library.catalog, root, share, queued, stop=stop), [scope.folder])
    if not stop.is_set():
        _resume(library, scope, priority, found)
    if root.paused:
        reason = "The folder is paused; foundsound roots resume goes on with it."
        found.add_problem(Problem(root.path, reason))
    else:
        found.queued = found.new + found.changed - found.beyond + found.resumed
    library.catalog.signal.notify()
    return scope, found


def queue_unfinished(library: Library, scope: Scope, priority: Priority) -> int:
    """Queue what the library's space lacks in a place, except what is in quarantine.

    Returns:
        How many files that is.
    """
    unfinished, last = 0, 0
    while True:
        with library.catalog.write() as session:
            ids = unfinished_files(session, scope, library.space_id, after=last)
            enqueue(session, ids, library.space_id, priority, database_now(session))
        if not ids:
            return unfinished
        unfinished, last = unfinished + len(ids), ids[-1]


def _resume(library: Library, scope: Scope, priority: Priority, found: Found) -> None:
    """Have what an earlier run left unfinished looked at with what was found."""
    unfinished = queue_unfinished(library, scope, priority)
    found.resumed = max(unfinished - found.new - found.changed + found.beyond, 0)
    found.unchanged = max(found.unchanged - found.resumed, 0)
