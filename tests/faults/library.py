"""A library that is put to the test: its processes, its tree, and what is wrong at the end."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import qdrant_edge as edge
from qdrant_client import QdrantClient
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.faults.checker import catalogue_violations, vector_violations
from tests.faults.processes import Processes
from tests.faults.tree import BusyTree
from tests.process import Cli

REST_S = 240.0  # in which everything must come right after the last change
# Everything that waits, waits briefly; a folder that is deleted is no drive that is unplugged.
SETTINGS = {
    "FOUNDSOUND_SETTLE_S": "0.3",
    "FOUNDSOUND_POLL_S": "1",
    "FOUNDSOUND_RESCAN_S": "2",
    "FOUNDSOUND_LEASE_S": "3",
    "FOUNDSOUND_VANISHED_SHARE": "1",
    "FOUNDSOUND_THREADS": "1",
}
Points = Iterable[tuple[str, int]]


@dataclass
class Tried:
    """What a test did, for people."""

    rounds: int = 0
    changes: int = 0
    kills: int = 0
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.rounds} rounds, {self.changes} changes, {self.kills} kills: "
            f"{len(self.violations)} violations"
        )


class TriedLibrary:
    """Runs rounds: changes and kills in any order, then rest, then everything is compared.

    Args:
        processes: those that serve, watch and work.
        engine: of the catalogue.
        points: reads every vector's sound and window; called when no process runs.
        seed: of everything that happens.
    """

    def __init__(
        self,
        processes: Processes,
        roots: list[Path],
        engine: Engine,
        points: Callable[[], Points],
        seed: int,
    ) -> None:
        self.processes = processes
        self.tried = Tried()
        self.rng = random.Random(seed)
        self.tree = BusyTree(roots, seed)
        self._roots = roots
        self._engine = engine
        self._points = points

    def run_round(
        self,
        changes: int,
        kills: int,
        trouble: Callable[[], None] = lambda: None,
        troubles: int = 0,
    ) -> None:
        """One round.

        Args:
            kills: of processes, each started again at once.
            trouble: whatever else may go wrong, and be over when it returns.
        """
        rng, processes = self.rng, self.processes
        events: list[Callable[[], object]] = [self.tree.act] * changes
        events += [lambda: self._kill(rng.choice(processes.names))] * kills
        events += [trouble] * troubles
        rng.shuffle(events)
        processes.start()
        for event in events:
            event()
            time.sleep(rng.choice([0.0, 0.0, 0.01, 0.05, 0.2, 0.4]))
        self.tried.rounds += 1
        self.tried.changes += changes
        self.tree.come_to_rest()
        processes.start()
        found = self._when_at_rest()
        processes.end()
        found += processes.violations + vector_violations(self._engine, self._points())
        processes.violations.clear()
        self.tried.violations += found
        assert not found, "\n".join(
            [*found, *(f"--- {n}\n{processes.log(n)}" for n in processes.names)]
        )

    def _kill(self, name: str) -> None:
        self.processes.kill(name)
        self.tried.kills += 1
        self.processes.start(name)

    def _when_at_rest(self) -> list[str]:
        """What is wrong still when it had the time to come right."""
        deadline = time.monotonic() + REST_S
        while True:
            self.processes.start()  # as a service manager does with those that have ended
            try:
                found = catalogue_violations(self._roots, self._engine)
            except DBAPIError as error:
                found = [f"the catalogue cannot be read: {error.orig}"]
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.2)


@contextmanager
def sqlite_engine(cli: Cli) -> Iterator[Engine]:
    """Reads the catalogue of a library on this machine, whoever writes it."""
    path = cli.data_dir / "catalog.sqlite"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30),
        poolclass=NullPool,
    )
    yield engine
    engine.dispose()


def edge_points(data_dir: Path) -> Points:
    """Every point of the space that serves, in a library that no process owns."""
    vectors = data_dir / "vectors"
    shard = edge.EdgeShard.load(str(vectors / (vectors / "serving").read_text()))
    points: list[tuple[str, int]] = []
    offset = None
    while True:
        request = edge.ScrollRequest(limit=1000, offset=offset, with_payload=True)
        page, offset = shard.scroll(request)
        points += [
            (str(p.payload["sound_id"]), int(p.payload["window"])) for p in page if p.payload
        ]
        if offset is None:
            shard.close()
            return points


def server_points(url: str, prefix: str) -> Points:
    """Every point of the collection that serves, on a Qdrant server."""
    client = QdrantClient(url=url, check_compatibility=False)
    points: list[tuple[str, int]] = []
    offset = None
    while True:
        page, offset = client.scroll(prefix, limit=1000, offset=offset, with_payload=True)
        points += [
            (str(p.payload["sound_id"]), int(p.payload["window"])) for p in page if p.payload
        ]
        if offset is None:
            client.close()
            return points


def _place(payload: Mapping[str, Any] | None) -> tuple[str, int]:
    fields = payload or {}
    return str(fields["sound_id"]), int(fields["window"])
