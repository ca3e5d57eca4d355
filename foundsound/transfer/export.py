"""An open library as the parts of an export, while it goes on being used and indexed.

The catalogue comes first, as of one moment. Vectors are read afterwards, of exactly the sounds that
had them then: what vanished meanwhile is left out with its row, and becomes work to do wherever the
export is imported. A sound's id is its content and a space never changes, so that a vector which is
there is the one that was meant.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from blake3 import blake3

from foundsound.catalog.models import Space
from foundsound.errors import LibraryBusy
from foundsound.library import Library
from foundsound.transfer.manifest import NAME, Manifest, PartEntry, SpaceEntry
from foundsound.transfer.shards import packed, windows_in_shard
from foundsound.transfer.snapshot import Snapshot, take_snapshot
from foundsound.transfer.tables import WINDOWS
from foundsound.vectors.index import VectorIndex, WindowPoint

BLOCK = 2**20
TRIES, PAUSE_S = 50, 0.2  # while a space is being closed
SOUNDS = 256  # whose vectors are asked for at once
Batch = list[tuple[dict[str, Any], bytes]]  # rows of sounds, and the lines that hold them
Progress = Callable[[str, int, int], None]  # what is done now, how much of it, of how much


@dataclass(frozen=True)
class Part:
    """One file of an export, whose bytes are read to their end before the next one is asked for."""

    name: str
    blocks: Iterator[bytes]


@contextmanager
def exporting(library: Library, progress: Progress = lambda *_: None) -> Iterator[Iterator[Part]]:
    """The parts of an export in order, of the library as it is now; the manifest comes last.

    Raises:
        Unavailable, LibraryError: catalogue or vectors cannot be read; also from the iterator.
    """
    with TemporaryDirectory(prefix="export-", dir=library.settings.data_dir) as name:
        progress("Reading the catalogue", 0, 0)
        snapshot = take_snapshot(library.catalog, Path(name))
        yield _Export(library, snapshot, progress).parts()


class _Export:
    """Makes the parts, and writes down what they hold."""

    def __init__(self, library: Library, snapshot: Snapshot, progress: Progress) -> None:
        self._library = library
        self._snapshot = snapshot
        self._progress = progress
        self._manifest = Manifest(sounds=snapshot.sounds, files=snapshot.files)
        self._done = 0  # sounds whose vectors were read, in any space

    def parts(self) -> Iterator[Part]:
        """Tables, vectors, the rows of those that are there, and what all of it is."""
        kept = self._snapshot.folder / "kept.jsonl"
        for table, rows in self._snapshot.rows.items():
            if table != WINDOWS:
                yield self._part(
                    f"catalogue/{table}.jsonl", rows, _blocks(self._snapshot.file(table))
                )
        with kept.open("wb") as file:
            for space in self._snapshot.spaces:
                yield from self._vectors(space, file)
        rows = sum(entry.sounds for entry in self._manifest.spaces)
        yield self._part(f"catalogue/{WINDOWS}.jsonl", rows, _blocks(kept))
        self._manifest.lost = self._snapshot.rows[WINDOWS] - rows
        yield Part(NAME, iter([self._manifest.sealed()]))

    def _vectors(self, space: Space, kept: BinaryIO) -> Iterator[Part]:
        """The space's vectors, of the sounds that have them all; their rows go to ``kept``."""
        entry = SpaceEntry(
            id=space.id, key=space.key, model=space.model, dim=space.dim, active=space.active
        )
        self._manifest.spaces.append(entry)
        most = windows_in_shard(space.dim)
        waiting: list[WindowPoint] = []
        batches = _batches(_rows_of_space(self._snapshot.file(WINDOWS), space.id))
        more = True
        while more and self._library.store.exists(space.key):  # else it was dropped meanwhile
            # Whoever downloads may be slow, and nobody opens a space while this one is read.
            with ExitStack() as held:
                index = self._opened(space, held)
                while len(waiting) < most and (batch := next(batches, None)):
                    waiting += self._complete(batch, index, kept, entry)
                more = len(waiting) >= most
            while len(waiting) >= most:
                yield self._shard(entry, waiting[:most])
                waiting = waiting[most:]
        kept.flush()
        if waiting:
            yield self._shard(entry, waiting)

    def _opened(self, space: Space, held: ExitStack) -> VectorIndex:
        """The space's vectors, once nobody is closing them, as where the model has changed."""
        for _ in range(TRIES):
            with suppress(LibraryBusy):
                return held.enter_context(self._library.reading_vectors(space.key, space.dim))
            time.sleep(PAUSE_S)
        return held.enter_context(self._library.reading_vectors(space.key, space.dim))

    def _complete(
        self, batch: Batch, index: VectorIndex, kept: BinaryIO, entry: SpaceEntry
    ) -> Iterator[WindowPoint]:
        found: dict[str, list[WindowPoint]] = {row["sound_id"]: [] for row, _ in batch}
        for point in index.windows_of_sounds(list(found)):
            found[point.sound_id].append(point)
        for row, line in batch:
            points = found[row["sound_id"]]
            if [point.index for point in points] == list(range(row["window_count"])):
                kept.write(line)
                entry.sounds += 1
                yield from points
        self._done += len(batch)
        self._progress("Reading vectors", self._done, self._snapshot.rows[WINDOWS])

    def _shard(self, entry: SpaceEntry, points: list[WindowPoint]) -> Part:
        name = f"vectors/{entry.id}-{len(entry.parts):06}.safetensors"
        entry.parts.append(name)
        entry.windows += len(points)
        return self._part(name, len(points), iter([packed(points)]))

    def _part(self, name: str, rows: int, blocks: Iterator[bytes]) -> Part:
        return Part(name, self._written_down(name, rows, blocks))

    def _written_down(self, name: str, rows: int, blocks: Iterator[bytes]) -> Iterator[bytes]:
        digest, size = blake3(), 0
        for block in blocks:
            digest.update(block)
            size += len(block)
            yield block
        entry = PartEntry(name=name, size=size, blake3=digest.hexdigest(), rows=rows)
        self._manifest.parts.append(entry)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _rows_of_space(path: Path, space_id: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    with path.open("rb") as file:
        for line in file:
            row = json.loads(line)
            if row["space_id"] == space_id:
                yield row, line


def _batches(rows: Iterator[tuple[dict[str, Any], bytes]]) -> Iterator[Batch]:
    batch: Batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == SOUNDS:
            yield batch
            batch = []
    if batch:
        yield batch
