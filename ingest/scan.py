"""Compares a root, or parts of it, with the catalogue, and writes down the differences.

Walk and catalogue are gone through side by side in the order of paths, so memory does not grow
with the tree. A scan that is stopped, or killed, has written down what it found until then.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from foundsound.catalog.database import Catalog
from foundsound.catalog.known_files import KnownFile
from foundsound.catalog.locations import AS_NEW, Queued, SeenFile
from foundsound.catalog.paths import contains, path_text
from foundsound.catalog.root_state import (
    RootSettings,
    end_scan,
    forget_mounts,
    note_mounts,
    set_offline,
    set_online,
)
from foundsound.catalog.roots import roots_inside
from foundsound.catalog.stats import Problem
from foundsound.ignore_rules import IgnoreRules
from foundsound.mounts import Mount, has_stable_inodes, mount_of, mounts, mounts_below
from ingest.availability import mount_point, why_offline
from ingest.compare import Comparison
from ingest.findings import Findings, Found, Hold
from ingest.vanished import Vanished


def hold_nothing(_: SeenFile) -> bool:
    """Every file is taken at once."""
    return False


@dataclass(frozen=True)
class Scan:
    """How a root is scanned.

    Args:
        vanished_share: of a root's files; if more are gone at once, it is taken for offline.
        queued: how the work that is found is put into the queue.
        hold: True for a file that is to be left for later, because it is still being written.
        stop: set it to end the scan early.
    """

    catalog: Catalog
    root: RootSettings
    vanished_share: float
    queued: Queued = AS_NEW
    hold: Hold = hold_nothing
    stop: threading.Event = field(default_factory=threading.Event)


def scan_root(scan: Scan) -> Found:
    """Look at the whole root; afterwards it is online, or offline with a reason."""
    return scan_parts(scan, [b""])


def scan_parts(scan: Scan, raw_paths: Sequence[bytes]) -> Found:
    """Look at these files and folders, relative to the root, which may be there or gone."""
    found = Found()
    among = mounts()
    reason = why_offline(scan.root, among)
    if reason is not None:
        return _lost(scan, found, reason)
    inner = _inner_roots(scan)
    raw_paths = [raw for raw in raw_paths if not any(contains(folder, raw) for folder in inner)]
    off = _lost_mounts(scan, among) | {folder for folder, online in inner.items() if not online}
    closed = off | inner.keys()
    rules = IgnoreRules(scan.root.ignored)
    findings = Findings(
        scan.catalog,
        scan.root.id,
        scan.root.path,
        scan.queued,
        scan.hold,
        found,
        stable_inodes=has_stable_inodes(mount_of(scan.root.path, among)),
        parts=raw_paths,
    )
    comparison = Comparison(scan.catalog, scan.root, rules, found.add_problem, closed)
    for seen, known in _each(comparison, raw_paths, scan.root.path):
        if scan.stop.is_set():
            break
        findings.take(seen, known)
    findings.flush()
    if scan.stop.is_set():
        return found
    vanished = Vanished(
        scan.catalog, scan.root.id, scan.root.path, rules, findings.gone, closed, off
    )
    reason = why_offline(scan.root, mounts())  # the drive may have gone while we looked
    if (
        reason is None
        and not scan.root.accepts_loss
        and vanished.is_suspicious(scan.vanished_share)
    ):
        reason = (
            f"{_vanished(len(vanished.deleted))}, say so: "
            f"foundsound roots accept {path_text(scan.root.path)}."
        )
    if reason is not None:
        return _lost(scan, found, reason)
    found.missing = vanished.bury()
    if b"" in raw_paths:
        with scan.catalog.write() as session:
            set_online(session, scan.root.id, mount_point(scan.root, among))
            end_scan(session, scan.root.id)
    return found


def _each(
    comparison: Comparison, raw_paths: Sequence[bytes], root: bytes
) -> Iterator[tuple[SeenFile | None, KnownFile | None]]:
    # What is there comes first: a renamed file is moved before its old place is looked at.
    parts = _outermost(raw_paths)
    there = {raw: os.path.lexists(os.path.join(root, raw)) for raw in parts}
    for raw in sorted(parts, key=lambda raw: (not there[raw], raw)):
        yield from comparison.of(raw)


def _outermost(raw_paths: Sequence[bytes]) -> set[bytes]:
    """Without those that lie below another one: no file may be met twice."""
    given = set(raw_paths)
    return {raw for raw in given if not any(above in given for above in _above(raw))}


def _above(raw_path: bytes) -> Iterator[bytes]:
    while raw_path:
        raw_path = os.path.dirname(raw_path)
        yield raw_path


def _vanished(files: int) -> str:
    if files == 1:
        return "The only file vanished. If you deleted it"
    return f"{files:,} files vanished at once. If you deleted them"


def _lost(scan: Scan, found: Found, reason: str) -> Found:
    with scan.catalog.write() as session:
        set_offline(session, scan.root.id, reason)
    found.offline = reason
    found.add_problem(Problem(scan.root.path, f"The folder is offline: {reason}"))
    return found


def _inner_roots(scan: Scan) -> dict[bytes, bool]:
    """Folders that are roots of their own, no business of this one, and whether they are online."""
    root = scan.root.path
    with scan.catalog.read() as session:
        return {
            os.path.relpath(each.path, root): each.offline_since is None
            for each in roots_inside(session, root)
        }


def _lost_mounts(scan: Scan, among: Sequence[Mount]) -> frozenset[bytes]:
    if not among:
        return frozenset()
    with scan.catalog.write() as session:
        if scan.root.accepts_loss:
            forget_mounts(session, scan.root.id)
        return frozenset(note_mounts(session, scan.root.id, mounts_below(scan.root.path, among)))
