"""The vectors of an export, written into a store part by part."""

from collections.abc import Callable

from foundsound.errors import LibraryError
from foundsound.transfer.archive import Source
from foundsound.transfer.export import Progress
from foundsound.transfer.manifest import Manifest, SpaceEntry
from foundsound.transfer.shards import unpacked
from foundsound.vectors.index import VectorIndex
from foundsound.vectors.store import VectorStore

POINTS = 1000  # in one write


def write_vectors(
    store: VectorStore,
    source: Source,
    manifest: Manifest,
    written: int,
    wrote: Callable[[int], None],
    progress: Progress,
) -> None:
    """Write every space's vectors; a part that is written twice changes nothing.

    Args:
        written: how many parts, from the first on, are there from an earlier attempt.
        wrote: is told how many there are, after each.

    Raises:
        LibraryError: the export does not hold what it says, or the store refuses.
        Unavailable: the store is away.
    """
    rows = {part.name: part.rows for part in manifest.parts}
    total, before = sum(space.windows for space in manifest.spaces), 0
    first = 0  # number of the space's first part
    for space in manifest.spaces:
        index = store.open(space.key, space.dim)
        try:
            there = _kept(index, [rows[name] for name in space.parts[: max(0, written - first)]])
            done = before + sum(rows[name] for name in space.parts[:there])
            for number, name in enumerate(space.parts[there:], first + there + 1):
                with source.open(name) as file:
                    points = unpacked(file.read(), space.dim)
                for start in range(0, len(points), POINTS):
                    index.upsert(points[start : start + POINTS])
                    done += len(points[start : start + POINTS])
                    progress("Writing vectors", done, total)
                wrote(number)
            _check_count(index.count(), space)
            progress("Arranging vectors", 0, 0)
            index.optimize()
        finally:
            index.close()
        first += len(space.parts)
        before += space.windows


def _kept(index: VectorIndex, windows: list[int]) -> int:
    """How many of the parts with so many windows the store has: all of them, unless it lost any."""
    return len(windows) if index.count() >= sum(windows) else 0


def _check_count(held: int, space: SpaceEntry) -> None:
    if held != space.windows:
        raise LibraryError(
            f"The export is damaged: it has {held:,} vectors of {space.model}, not "
            f"{space.windows:,}."
        )
