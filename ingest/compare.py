"""Puts a walk and the catalogue side by side: what is there, what is known, and what is both."""

import os
import stat
from collections.abc import Iterator

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.database import Catalog
from foundsound.catalog.known_files import KnownFile, KnownFiles
from foundsound.catalog.locations import SeenFile, seen_file
from foundsound.catalog.root_state import RootSettings
from foundsound.catalog.stats import Problem
from foundsound.ignore_rules import IgnoreRules
from ingest.walk import Report, Unseen, Walk

Pair = tuple[SeenFile | None, KnownFile | None]


class Comparison:
    """Compares parts of a root; for the arguments see :class:`~ingest.walk.Walk`."""

    def __init__(
        self,
        catalog: Catalog,
        root: RootSettings,
        rules: IgnoreRules,
        report: Report,
        closed: frozenset[bytes],
    ) -> None:
        self._catalog = catalog
        self._root = root
        self._rules = rules
        self._report = report
        self._closed = closed

    def of(self, raw_path: bytes) -> Iterator[Pair]:
        """Pairs of what lies at and below a path (``b""``: the root), in order.

        Whichever side is None is not there; what lies where the walk could not look is left out.
        """
        path = os.path.join(self._root.path, raw_path)
        if raw_path:
            seen = self._file(raw_path, path)
            known = KnownFiles(self._catalog, self._root.id, raw_path, raw_path + b"\0")
            yield from _side_by_side(iter([seen] if seen else []), known)
        walk = Walk(self._root.path, self._rules, self._report, self._closed)
        hidden = bool(raw_path) and self._rules.ignores_below(raw_path, folder=True)
        if raw_path and os.path.islink(path) and not hidden:
            walk.meet_link(raw_path)
        elif hidden or not os.path.isdir(path):
            yield from self._folder(raw_path, iter(()))
        else:
            yield from self._folder(raw_path, walk.below(raw_path))
        for link, found in walk.linked():
            yield from self._folder(link, found)

    def _folder(self, raw_path: bytes, found: Iterator[SeenFile | Unseen]) -> Iterator[Pair]:
        below = (raw_path + b"/", raw_path + b"0") if raw_path else (b"", None)
        yield from _side_by_side(found, KnownFiles(self._catalog, self._root.id, *below))

    def _file(self, raw_path: bytes, path: bytes) -> SeenFile | None:
        """The file at a path, if it is one to be taken."""
        if not is_audio_name(os.fsdecode(raw_path)) or self._rules.ignores_below(raw_path):
            return None
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._report(Problem(path, f"The file cannot be reached: {error.strerror}."))
            return None
        return seen_file(raw_path, status) if stat.S_ISREG(status.st_mode) else None


def _side_by_side(found: Iterator[SeenFile | Unseen], known: KnownFiles) -> Iterator[Pair]:
    for seen in found:
        raw_path = seen.raw_path
        if isinstance(seen, Unseen):
            yield from _only_known(known, raw_path + b"/")
            known.skip_to(raw_path + b"0")
            continue
        yield from _only_known(known, raw_path)
        if known.next is not None and known.next.raw_path == raw_path:
            yield seen, known.take()
        else:
            yield seen, None
    yield from _only_known(known, None)


def _only_known(known: KnownFiles, before: bytes | None) -> Iterator[Pair]:
    while known.next is not None and (before is None or known.next.raw_path < before):
        yield None, known.take()
