"""A watched folder against a model: after anything people do, the catalogue is what the tree is.

The file system and the catalogue are real, clocks and events are the test's own, and a worker
stands beside that only hashes. Whatever happens, no content is embedded twice and no file that
stayed what it is is read twice.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
import threading
from collections import Counter
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from foundsound.catalog.database import FILE_NAME, Catalog
from foundsound.catalog.models import Location, Sound, Work
from foundsound.catalog.root_state import root_settings
from foundsound.catalog.roots import root_for
from foundsound.settings import Settings
from ingest.root_sync import RootSync
from ingest.stability import StabilityTracker

SETTLE_S = 5.0
FOLDERS = ("a", "a/b", "c", "c-d")
NAMES = ("1.wav", "2.wav", "\u00e9.wav", "e\u0301.wav", "two\nlines.flac")

picks = st.integers(0, 999)  # one of what there is at the moment


@cache
def _empty_catalog() -> Path:
    """A catalogue whose schema is up to date: copying it spares the migrations."""
    folder = Path(tempfile.mkdtemp(prefix="foundsound-model-"))
    atexit.register(shutil.rmtree, folder)
    Catalog(folder).close()
    return folder / FILE_NAME


class WatchedFolder(RuleBasedStateMachine):
    """What people do to a folder, what the system tells of it, and what the watcher makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="foundsound-model-"))
        self.root = self.folder / "root"
        (self.root / "kept").mkdir(parents=True)
        shutil.copy(_empty_catalog(), self.folder / FILE_NAME)
        self.catalog = Catalog(self.folder)
        self.elapsed_s = 0.0
        self.told: list[bytes] = []  # what the system would tell
        self.written = 0
        self.reads: Counter[tuple[int, int, int]] = Counter()
        self.embedded: Counter[str] = Counter()
        self.written_at: dict[tuple[int, int, int], float] = {}
        with self.catalog.write() as session:
            root_id = root_for(session, os.fsencode(self.root)).id
            root = root_settings(session, root_id)
        assert root is not None
        # By its wall clock every file is young: ticks cannot make real files older.
        tracker = StabilityTracker(root.path, SETTLE_S, self.now, lambda: 0.0)
        self.sync = RootSync(
            self.catalog, Settings(vanished_share=1), root, tracker, threading.Event()
        )
        # One file stays: a folder that is suddenly empty would be taken for a drive that is off.
        for name in ("kept/kept.wav", "a/1.wav", "a/b/2.wav", "a/b/1.wav", "c/1.wav", "top.wav"):
            self.write_to(self.root / name)
        self.settle_by_scan()

    def now(self) -> float:
        return self.elapsed_s

    def teardown(self) -> None:
        self.settle_by_events()
        self.settle_by_scan()
        self.catalog.close()
        shutil.rmtree(self.folder)

    @rule(place=picks)
    def create(self, place: int) -> None:
        self.write_to(self.place(place))

    @rule(file=picks)
    def write_over(self, file: int) -> None:
        self.write_to(self.file(file))

    @rule(file=picks)
    def append(self, file: int) -> None:
        path = self.file(file)
        self.written += 1000
        with path.open("ab") as open_file:
            open_file.write(b"y" * self.written)
        self.tell(path)

    @rule(file=picks)
    def touch(self, file: int) -> None:
        path = self.file(file)
        os.utime(path)
        self.tell(path)

    @rule(file=picks, place=picks)
    def rename(self, file: int, place: int) -> None:
        before, after = self.file(file), self.place(place)
        os.replace(before, after)
        self.tell(before, after)

    @rule(file=picks, place=picks)
    def rename_and_back(self, file: int, place: int) -> None:
        before, after = self.file(file), self.place(place)
        if not after.exists():
            before.rename(after)
            self.tell(before, after)
            self.sync.look_at(self.told)
            after.rename(before)
            self.tell(before, after)

    @rule(file=picks)
    def move_away_and_bring_back(self, file: int) -> None:
        """As to a folder that nobody watches."""
        path = self.file(file)
        path.rename(self.folder / "aside")
        self.tell(path)
        self.look()
        (self.folder / "aside").rename(path)
        self.tell(path)

    @rule(folder=st.sampled_from(FOLDERS), after=st.sampled_from(FOLDERS))
    def rename_folder(self, folder: str, after: str) -> None:
        old, new = self.root / folder, self.root / after
        inside = new == old or old in new.parents
        if old.is_dir() and new.parent.is_dir() and not new.exists() and not inside:
            old.rename(new)
            self.tell(old, new)

    @rule(file=picks)
    def save_as_editors_do(self, file: int) -> None:
        path = self.file(file)
        beside = path.with_name(path.name + ".tmp")
        self.written += 1
        beside.write_bytes(b"z" * self.written)
        os.replace(beside, path)
        self.tell(path)

    @rule(one=picks, other=picks)
    def swap(self, one: int, other: int) -> None:
        first, second = self.file(one), self.file(other)
        if first != second:
            first.rename(self.folder / "aside")
            second.rename(first)
            (self.folder / "aside").rename(second)
            self.tell(first, second)

    @rule(file=picks, place=picks)
    def link(self, file: int, place: int) -> None:
        if not self.place(place).exists():
            os.link(self.file(file), self.place(place))
            self.tell(self.place(place))

    @rule(file=picks, place=picks)
    def copy(self, file: int, place: int) -> None:
        if not self.place(place).exists():
            shutil.copyfile(self.file(file), self.place(place))
            self.tell(self.place(place))

    @rule(file=picks)
    def delete(self, file: int) -> None:
        path = self.file(file)
        path.unlink()
        self.tell(path)

    @rule(folder=st.sampled_from(FOLDERS))
    def delete_folder(self, folder: str) -> None:
        if (self.root / folder).is_dir():
            shutil.rmtree(self.root / folder)
            self.tell(self.root / folder)

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
        self.rest()
        self.assert_equal()

    @rule()
    def settle_by_scan(self) -> None:
        self.sync.scan()
        self.rest()
        self.assert_equal()

    def rest(self) -> None:
        """Twice: what is being written is looked at when due, and may be another file then."""
        for _ in range(2):
            self.look()
            self.tick(SETTLE_S + 1)
        self.look()

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

    @invariant()
    def nothing_is_taken_that_may_be_half_a_file(self) -> None:
        """Every state of a file that is in the queue had rested when it was put there."""
        with self.catalog.read() as session:
            for at in session.scalars(select(Location).where(Location.work == Work.PENDING)):
                written_s = self.written_at.get((at.inode or 0, at.size, at.mtime_ns))
                if written_s is not None:
                    assert self.elapsed_s - written_s >= SETTLE_S, at.path

    def write_to(self, path: Path) -> None:
        """No two contents are of one size."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.written += 1
        path.write_bytes(b"x" * self.written)
        self.tell(path.parent, path)

    def file(self, pick: int) -> Path:
        """A file that there is; when no other is left, a new one."""
        there = sorted(path for path in self.root.rglob("*.*") if path.name != "kept.wav")
        if not there:
            self.write_to(self.root / "1.wav")
            there = [self.root / "1.wav"]
        return there[pick % len(there)]

    def place(self, pick: int) -> Path:
        """Where a file could be, or is; its folder is there."""
        places = [self.root / folder / name for folder in FOLDERS for name in NAMES]
        place = places[pick % len(places)]
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True)
            self.tell(place.parent)
        return place

    def tell(self, *paths: Path) -> None:
        """Of a file that was written under one of its names a system tells no other; scans do."""
        for path in paths:
            names = [path]
            if path.is_file():
                status = path.stat()
                state = (status.st_ino, status.st_size, status.st_mtime_ns)
                self.written_at.setdefault(state, self.elapsed_s)
            if path.is_file() and path.stat().st_nlink > 1:
                names = [other for other in self.root.rglob("*.*") if other.samefile(path)]
            self.told += [os.fsencode(name.relative_to(self.root)) for name in names]

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
