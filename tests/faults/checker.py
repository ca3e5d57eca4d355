"""Compares the tree, the catalogue and the vectors, with nothing of foundsound's own.

It reads the catalogue with plain SQL, hashes files by itself, and takes vectors as the store gives
them. What it returns is a list of sentences: the violations; none is what everybody wants.
"""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import soundfile as sf
from blake3 import blake3
from sqlalchemy import Engine, text

LOCATIONS = """
    SELECT roots.path, locations.raw_path, locations.size_bytes, locations.work,
           locations.sound_id, locations.lease_owner, sounds.state
    FROM locations JOIN roots ON roots.id = locations.root_id
    LEFT JOIN sounds ON sounds.id = locations.sound_id
    WHERE locations.missing_since IS NULL
"""
WINDOWS = """
    SELECT sound_windows.sound_id, sound_windows.window_count
    FROM sound_windows JOIN spaces ON spaces.id = sound_windows.space_id
    WHERE spaces.active
"""


@dataclass(frozen=True)
class Row:
    """A location that the catalogue takes for present."""

    path: Path
    size: int
    work: str
    sound_id: str | None
    lease_owner: str | None
    state: str | None


def catalogue_violations(roots: Iterable[Path], engine: Engine) -> list[str]:
    """Where the catalogue is not what the tree is: too little, too much, stale, or stuck."""
    with engine.connect() as connection:
        rows = [
            Row(Path(os.fsdecode(os.path.join(root, raw))), *rest)
            for root, raw, *rest in connection.execute(text(LOCATIONS))
        ]
    found = [f"two rows for {path}" for path, n in Counter(r.path for r in rows).items() if n > 1]
    by_path = {row.path: row for row in rows}
    files = set(_audio_files(roots))
    found += [f"not in the catalogue: {path}" for path in files - by_path.keys()]
    found += [f"in the catalogue, but gone: {path}" for path in by_path.keys() - files]
    for path in files & by_path.keys():
        found += [f"{path}: {what}" for what in _stale(path, by_path[path])]
    return sorted(found)


def vector_violations(engine: Engine, points: Iterable[tuple[str, int]]) -> list[str]:
    """Where the vectors are not what the catalogue says.

    Args:
        points: sound id and window index of every point in the store.
    """
    with engine.connect() as connection:
        wanted = {str(row[0]): int(row[1]) for row in connection.execute(text(WINDOWS))}
    stored: dict[str, list[int]] = {}
    for sound_id, index in points:
        stored.setdefault(sound_id, []).append(index)
    found = [f"orphan vectors of {id_}" for id_ in stored.keys() - wanted.keys()]
    for id_, count in wanted.items():
        indexes = sorted(stored.get(id_, []))
        if indexes != list(range(count)):
            found.append(f"{id_} should have {count} vectors, but has {indexes}")
    return sorted(found)


def _audio_files(roots: Iterable[Path]) -> Iterable[Path]:
    for root in roots:
        for folder, _, names in os.walk(root):
            yield from (Path(folder, n) for n in names if n.endswith(".wav") and n[0] not in ".~")


def _stale(path: Path, row: Row) -> list[str]:
    found = []
    if row.lease_owner is not None:
        found.append(f"is still leased to {row.lease_owner}")
    if row.size != path.stat().st_size:
        found.append(f"has another size than the catalogue's {row.size}")
    playable = _playable(path)
    if row.work != ("settled" if playable else "failed"):
        found.append(f"is {row.work}, playable: {playable}")
    if playable:
        content = blake3(path.read_bytes()).hexdigest(length=16)
        if row.sound_id != content:
            found.append(f"is taken for the sound {row.sound_id}, but is {content}")
        if row.state != "indexed":
            found.append(f"its sound is {row.state}")
    return found


def _playable(path: Path) -> bool:
    try:
        return bool(sf.info(path).frames)
    except sf.LibsndfileError:
        return False
