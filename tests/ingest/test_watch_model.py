"""A watched folder against a model: after anything people do, the catalogue is what the tree is.

The file system and the catalogue are real, clocks and events are the test's own, and a worker
stands beside that only hashes. Whatever happens, no content is embedded twice and no file that
stayed what it is is read twice.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Sound, Work
from foundsound.catalog.root_state import root_settings
from foundsound.catalog.roots import root_for
from foundsound.settings import Settings
from ingest.root_sync import RootSync
from ingest.stability import StabilityTracker

SETTLE_S = 5.0
FOLDERS = ("", "a", "a/b", "c", "c-d")
NAMES = ("1.wav", "2.wav", "\u00e9.wav", "e\u0301.wav", "two\nlines.flac")

folders = st.sampled_from(FOLDERS)
files = st.builds(os.path.join, folders, st.sampled_from(NAMES))


class WatchedFolder(RuleBasedStateMachine):
    """What people do to a folder, what the system tells of it, and what the watcher makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="foundsound-model-"))
        self.root = self.folder / "root"
        (self.root / "kept").mkdir(parents=True)
        self.catalog = Catalog(self.folder)
        self.elapsed_s = 0.0
        self.told: list[bytes] = []  # what the system would tell
        self.written = 0
        self.reads: Counter[tuple[int, int, int]] = Counter()
        self.embedded: Counter[str] = Counter()
        with self.catalog.write() as session:
            root_id = root_for(session, os.fsencode(self.root)).id
            root = root_settings(session, root_id)
        assert root is not None
        tracker = StabilityTracker(
            root.path, SETTLE_S, self.now, lambda: time.time() + self.elapsed_s
        )
        self.sync = RootSync(
            self.catalog, Settings(vanished_share=1), root, tracker, threading.Event()
        )
        # One file stays: a folder that is suddenly empty would be taken for a drive that is off.
        self.write("kept/kept.wav")

    def now(self) -> float:
        return self.elapsed_s

    def teardown(self) -> None:
        self.settle_by_events()
        self.settle_by_scan()
        self.catalog.close()
        shutil.rmtree(self.folder)

    @rule(path=files)
    def write(self, path: str) -> None:
        """Create a file, or write over it; no two contents are of one size."""
        file = self.root / path
        if file.parent.is_dir() and not file.is_dir():
            self.written += 1
            file.write_bytes(b"x" * self.written)
            self.tell(path)

    @rule(path=files)
    def append(self, path: str) -> None:
        file = self.root / path
        if file.exists():
            self.written += 1000
            with file.open("ab") as open_file:
                open_file.write(b"y" * self.written)
            self.tell(path)

    @rule(path=files)
    def touch(self, path: str) -> None:
        if (self.root / path).exists():
            os.utime(self.root / path)
            self.tell(path)

    @rule(folder=folders)
    def make_folder(self, folder: str) -> None:
        if not (self.root / folder).exists():
            (self.root / folder).mkdir(parents=True)
            self.tell(folder.split("/")[0])

    @rule(before=files, after=files)
    def rename(self, before: str, after: str) -> None:
        if (self.root / before).exists() and (self.root / after).parent.is_dir():
            os.replace(self.root / before, self.root / after)
            self.tell(before, after)

    @rule(before=folders, after=folders)
    def rename_folder(self, before: str, after: str) -> None:
        old, new = self.root / before, self.root / after
        inside = new == old or old in new.parents
        free = new.parent.is_dir() and not new.exists() and not inside
        if before and after and old.is_dir() and free:
            old.rename(new)
            self.tell(before, after)

    @rule(path=files)
    def save_as_editors_do(self, path: str) -> None:
        if (self.root / path).exists():
            self.written += 1
            beside = self.root / (path + ".tmp")
            beside.write_bytes(b"z" * self.written)
            os.replace(beside, self.root / path)
            self.tell(path)

    @rule(one=files, other=files)
    def swap(self, one: str, other: str) -> None:
        if one != other and (self.root / one).exists() and (self.root / other).exists():
            os.rename(self.root / one, self.folder / "aside")
            os.rename(self.root / other, self.root / one)
            os.rename(self.folder / "aside", self.root / other)
            self.tell(one, other)

    @rule(before=files, after=files)
    def link(self, before: str, after: str) -> None:
        new = self.root / after
        if (self.root / before).exists() and new.parent.is_dir() and not new.exists():
            os.link(self.root / before, new)
            self.tell(after)

    @rule(before=files, after=files)
    def copy(self, before: str, after: str) -> None:
        new = self.root / after
        if (self.root / before).exists() and new.parent.is_dir() and not new.exists():
            shutil.copyfile(self.root / before, new)
            self.tell(after)

    @rule(path=files)
    def delete(self, path: str) -> None:
        if (self.root / path).exists():
            (self.root / path).unlink()
            self.tell(path)

    @rule(folder=folders)
    def delete_folder(self, folder: str) -> None:
        if folder and (self.root / folder).is_dir():
            shutil.rmtree(self.root / folder)
            self.tell(folder)

    @rule(seconds=st.sampled_from((0.5, 3.0, 6.0)))
    def tick(self, seconds: float) -> None:
        self.elapsed_s += seconds

    @rule()
    def look(self) -> None:
        """The watcher does what it does every moment."""
        told, self.told = self.told, []
        self.sync.look_at(told)

    @precondition(lambda self: self.told)
    @rule()
    def lose_events(self) -> None:
        """Until the next scan nobody knows."""
        self.told = []
        self.sync.scan()

    @rule()
    def scan(self) -> None:
        self.sync.scan()

    @rule()
    def settle_by_events(self) -> None:
        self.look()
        self.tick(SETTLE_S + 1)
        self.look()
        self.assert_equal()

    @rule()
    def settle_by_scan(self) -> None:
        self.sync.scan()
        self.tick(SETTLE_S + 1)
        self.look()
        self.assert_equal()

    @rule()
    def work(self) -> None:
        """What workers do: read what is open, embed what they never saw."""
        with self.catalog.write() as session:
            open_work = select(Location).where(
                Location.work == Work.PENDING, Location.missing_since.is_(None)
            )
            for location in session.scalars(open_work).all():
                path = os.path.join(os.fsencode(self.root), location.raw_path)
                try:
                    status = os.stat(path)
                except FileNotFoundError:
                    continue
                if (status.st_size, status.st_mtime_ns) != (location.size, location.mtime_ns):
                    continue
                if status.st_nlink == 1:  # two names that are new at once are both read
                    self.reads[status.st_ino, status.st_size, status.st_mtime_ns] += 1
                content = hashlib.sha256(Path(os.fsdecode(path)).read_bytes()).hexdigest()[:32]
                if session.get(Sound, content) is None:
                    session.add(Sound(id=content, size=status.st_size))
                    session.flush()
                    self.embedded[content] += 1
                location.sound_id, location.work, location.due_at = content, Work.SETTLED, None

    @invariant()
    def nothing_is_done_twice(self) -> None:
        assert all(count == 1 for count in self.embedded.values())
        assert all(count == 1 for count in self.reads.values())

    def tell(self, *paths: str) -> None:
        self.told += [os.fsencode(path) for path in paths]

    def assert_equal(self) -> None:
        self.work()
        tree = {}
        for folder, _, names in os.walk(os.fsencode(self.root)):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    content = hashlib.sha256(file.read()).hexdigest()[:32]
                tree[os.path.relpath(path, os.fsencode(self.root))] = content
        with self.catalog.read() as session:
            there = select(Location.raw_path, Location.sound_id, Location.work)
            rows = session.execute(there.where(Location.missing_since.is_(None))).all()
        assert {raw: sound_id for raw, sound_id, _ in rows} == tree
        assert {work for _, _, work in rows} <= {Work.SETTLED}


TestWatchedFolder = WatchedFolder.TestCase
TestWatchedFolder.settings = settings(
    max_examples=int(os.environ.get("FOUNDSOUND_TEST_MODEL_EXAMPLES", "25")),
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
