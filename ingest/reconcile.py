"""Compares a folder with the catalogue and writes down what there is to do."""

import os
from dataclasses import dataclass, field

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.locations import (
    KnownLocation,
    SeenFile,
    known_locations,
    mark_found,
    mark_missing,
    record_file,
)
from foundsound.catalog.models import Root
from foundsound.catalog.paths import absolute, path_text
from foundsound.catalog.roots import root_for
from foundsound.catalog.stats import Problem
from foundsound.errors import InvalidRequest
from foundsound.library import Library
from ingest.scan import scan_tree


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A file whose content is to be looked at."""

    location_id: int
    path: bytes
    size: int
    mtime_ns: int


@dataclass
class Reconciled:
    """What a scan found."""

    work: list[WorkItem] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    resumed: int = 0  # known, unchanged, but not finished by an earlier run
    unchanged: int = 0
    missing: int = 0
    problems: list[Problem] = field(default_factory=list)


def reconcile(library: Library, path: str | os.PathLike[str]) -> Reconciled:
    """Bring the catalogue up to date with ``path``, a folder or one audio file.

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
    seen = _see(root, target, folder, outcome)
    below = b"" if target == root.path else os.path.relpath(target, root.path)
    with library.catalog.write() as session:
        known = known_locations(session, root.id, below, library.space_id)
        found_again = []
        for file in seen:
            before = known.pop(file.raw_path, None)
            if before is not None and before.missing:
                found_again.append(before.id)
            if _count(outcome, file, before):
                location_id = record_file(session, root.id, file, before)
                path_bytes = os.path.join(root.path, file.raw_path)
                outcome.work.append(WorkItem(location_id, path_bytes, file.size, file.mtime_ns))
        mark_found(session, found_again)
        gone = [location.id for location in known.values() if not location.missing]
        if gone and not seen:
            # A drive that is not mounted looks just like this; nothing is taken for deleted.
            outcome.problems.append(
                Problem(
                    target, "No audio files are left here; it looks offline, so nothing changed."
                )
            )
        else:
            mark_missing(session, gone)
            outcome.missing = len(gone)
    return outcome


def _see(root: Root, target: bytes, folder: bytes, outcome: Reconciled) -> list[SeenFile]:
    if target == folder:
        return list(scan_tree(root.path, folder, outcome.problems.append))
    status = os.stat(target)
    return [SeenFile(os.path.relpath(target, root.path), status.st_size, status.st_mtime_ns)]


def _count(outcome: Reconciled, file: SeenFile, before: KnownLocation | None) -> bool:
    """Tally the file; True when there is work to do."""
    if before is None:
        outcome.new += 1
    elif (file.size, file.mtime_ns) != (before.size, before.mtime_ns):
        outcome.changed += 1
    elif not before.settled:
        outcome.resumed += 1
    else:
        outcome.unchanged += 1
        return False
    return True
