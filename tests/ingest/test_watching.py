"""Watchers on real folders: threads, clocks and events are the real ones."""

import errno
import os
import shutil
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root
from foundsound.catalog.roots import remove_root
from foundsound.root_report import RootChange, RootReport, add_root, change_root, report_roots
from foundsound.settings import Settings
from ingest import root_watcher
from ingest.stability import StabilityTracker
from ingest.watching import Watching
from tests.databases import both_databases, on_postgresql
from tests.process import END_S
from tests.waiting import wait_until

SETTLE_S = 0.6


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "sub").mkdir(parents=True)
    (tmp_path / "root" / "sub" / "a.wav").write_bytes(b"a")
    (tmp_path / "root" / "b.wav").write_bytes(b"b")
    return tmp_path / "root"


class Watched:
    """A root that is watched, and what the catalogue says of it."""

    def __init__(self, catalog: Catalog, folder: Path, wanted: RootChange) -> None:
        self.catalog = catalog
        with catalog.write() as session:
            self.id = add_root(session, os.fsencode(folder), wanted).id

    @property
    def followed(self) -> bool:
        """A thread looks after the root."""
        return any(thread.name == f"watch-{self.id}" for thread in threading.enumerate())

    def change(self, **wanted: object) -> None:
        with self.catalog.write() as session:
            root = session.get_one(Root, self.id)
            change_root(session, root, RootChange.model_validate(wanted))

    def report(self) -> RootReport:
        with self.catalog.read() as session:
            return report_roots(session, [self.id])[0]

    def files(self) -> dict[str, int]:
        """Sizes of the files at hand, by path."""
        with self.catalog.read() as session:
            there = select(Location).where(Location.missing_since.is_(None))
            return {at.path: at.size for at in session.scalars(there)}

    def wait_for(self, *names: str) -> None:
        wait_until(lambda: set(self.files()) == set(names), lambda: self.files())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root_watcher, "CHECK_S", 0.2)
    monkeypatch.setattr(root_watcher, "GATHER_S", 0.05)
    monkeypatch.setattr("ingest.watching.LOOK_S", 0.1)


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    settle_s = getattr(request, "param", SETTLE_S)
    return Settings(data_dir=tmp_path, settle_s=settle_s, rescan_s=3600, poll_s=3600)


@pytest.fixture
def watched(
    catalog: Catalog, settings: Settings, root: Path, quick: None, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    """Natively, unless a parameter says otherwise; no scan comes to its help."""
    watching = Watching(catalog, settings)
    watched = Watched(catalog, root, RootChange(mode="native"))
    watching.start()
    watched.wait_for("sub/a.wav", "b.wav")
    yield watched
    before = time.monotonic()
    watching.close()
    assert time.monotonic() - before < END_S
    assert not watching._thread.is_alive()


@both_databases
def test_changes_are_followed(watched: Watched, root: Path, tmp_path: Path) -> None:
    assert watched.report().watched_by == "native"
    (root / "new.wav").write_bytes(b"new")
    watched.wait_for("sub/a.wav", "b.wav", "new.wav")
    (root / "sub").rename(root / "renamed")
    watched.wait_for("renamed/a.wav", "b.wav", "new.wav")
    (root / "b.wav").unlink()
    watched.wait_for("renamed/a.wav", "new.wav")
    shutil.copytree(root / "renamed", root / "made" / "deep")
    watched.wait_for("renamed/a.wav", "new.wav", "made/deep/a.wav")
    (root / "made").rename(tmp_path / "out")
    watched.wait_for("renamed/a.wav", "new.wav")
    (root / "new.wav").write_bytes(b"longer")
    wait_until(lambda: watched.files()["new.wav"] == 6)


class CopiersTime:
    """The real time, but while something is copied it goes on by the copier's work alone.

    However long a machine stands still meanwhile, the copier does not rest.
    """

    def __init__(self) -> None:
        self._stopped_at: tuple[float, float] | None = None

    def clock(self) -> float:
        return self._stopped_at[0] if self._stopped_at else time.monotonic()

    def wall(self) -> float:
        return self._stopped_at[1] if self._stopped_at else time.time()

    def stop(self) -> None:
        self._stopped_at = time.monotonic(), time.time()

    def pass_by(self, seconds: float) -> None:
        self._stopped_at = self.clock() + seconds, self.wall() + seconds

    def go_on(self) -> None:
        self._stopped_at = None


@pytest.fixture
def copiers_time(monkeypatch: pytest.MonkeyPatch) -> CopiersTime:
    its = CopiersTime()
    tracker = partial(StabilityTracker, clock=its.clock, wall=its.wall)
    monkeypatch.setattr(root_watcher, "StabilityTracker", tracker)
    return its


@pytest.mark.parametrize("settings", [2.0], indirect=True)  # rests of the copier are far shorter
def test_a_slow_copy_is_taken_once_at_its_end(
    copiers_time: CopiersTime, watched: Watched, root: Path
) -> None:
    seen = set()
    copiers_time.stop()
    with (root / "slow.wav").open("wb") as file:
        for _ in range(20):
            file.write(b"x" * 100)
            file.flush()
            time.sleep(0.15)
            copiers_time.pass_by(0.15)
            seen.add(watched.files().get("slow.wav"))
    copiers_time.go_on()
    assert seen == {None}
    wait_until(lambda: "slow.wav" in watched.files())
    assert watched.files()["slow.wav"] == 2000


def test_a_root_that_goes_and_comes_back(watched: Watched, root: Path, tmp_path: Path) -> None:
    root.rename(tmp_path / "unplugged")
    wait_until(lambda: watched.report().state == "offline")
    assert "There is no folder" in str(watched.report().offline_reason)
    root.mkdir()  # a mount point without its drive
    wait_until(lambda: "vanished" in str(watched.report().offline_reason), watched.report)
    assert watched.report().files == 2
    root.rmdir()
    (tmp_path / "unplugged" / "c.wav").write_bytes(b"c")
    (tmp_path / "unplugged").rename(root)
    wait_until(lambda: watched.report().state == "online", watched.report)
    watched.wait_for("sub/a.wav", "b.wav", "c.wav")
    (root / "d.wav").write_bytes(b"d")  # events come again
    watched.wait_for("sub/a.wav", "b.wav", "c.wav", "d.wav")


def test_patterns_pauses_and_removal_are_followed(watched: Watched, root: Path) -> None:
    watched.change(ignore=["sub/"])
    watched.wait_for("b.wav")
    watched.change(ignore=[])
    watched.wait_for("sub/a.wav", "b.wav")
    watched.change(paused=True)
    wait_until(lambda: not watched.followed)
    (root / "c.wav").write_bytes(b"c")
    time.sleep(2 * SETTLE_S)
    assert set(watched.files()) == {"sub/a.wav", "b.wav"}
    watched.change(paused=False)
    watched.wait_for("sub/a.wav", "b.wav", "c.wav")
    assert remove_root(watched.catalog, watched.id)
    time.sleep(2 * SETTLE_S)
    assert watched.files() == {}


def test_a_loss_is_accepted(watched: Watched, root: Path) -> None:
    shutil.rmtree(root / "sub")
    (root / "b.wav").unlink()
    wait_until(lambda: watched.report().state == "offline", watched.report)
    watched.change(accept_loss=True)
    wait_until(lambda: watched.report().state == "online", watched.report)
    assert watched.files() == {}


def test_polling_finds_changes_too(watched: Watched, root: Path) -> None:
    watched.change(mode="polling", interval_s=1)
    wait_until(lambda: watched.report().watched_by == "polling")
    (root / "c.wav").write_bytes(b"c")
    (root / "sub").rename(root / "renamed")
    watched.wait_for("renamed/a.wav", "b.wav", "c.wav")


def test_polling_takes_over_when_watches_run_out(
    watched: Watched, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    def limited(*_: object) -> object:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    watched.change(interval_s=1)
    time.sleep(0.5)
    monkeypatch.setattr(InotifyFD, "_get_or_create_watch", limited)
    (root / "later").mkdir()
    wait_until(lambda: watched.report().watched_by == "polling", watched.report)
    assert "max_user_watches" in str(watched.report().note)
    (root / "later" / "x.wav").write_bytes(b"x")
    watched.wait_for("sub/a.wav", "b.wav", "later/x.wav")


def test_a_scan_finds_what_no_event_told(watched: Watched, root: Path) -> None:
    with watched.catalog.write() as session:  # as if events had been lost
        session.execute(update(Location).values(size=99))
    watched.change(interval_s=1)
    wait_until(lambda: watched.files() == {"sub/a.wav": 1, "b.wav": 1})


@on_postgresql
def test_two_watchers_on_one_catalogue_do_no_harm(
    watched: Watched, settings: Settings, database_url: str, root: Path, tmp_path: Path
) -> None:
    catalog = Catalog(tmp_path, database_url)
    second = Watching(catalog, settings)
    second.start()
    for number in range(200):
        (root / f"{number}.wav").write_bytes(b"x" * number)
    (root / "sub").rename(root / "renamed")
    names = {f"{number}.wav" for number in range(200)}
    watched.wait_for("renamed/a.wav", "b.wav", *names)
    for number in range(100):
        (root / f"{number}.wav").rename(root / f"{number}-moved.wav")
    names = {f"{n}.wav" for n in range(100, 200)} | {f"{n}-moved.wav" for n in range(100)}
    watched.wait_for("renamed/a.wav", "b.wav", *names)
    second.close()
    with catalog.read() as session:
        rows = session.scalars(select(Location.path)).all()
    assert len(rows) == len(set(rows)) == 202  # each file has one row; none is a tombstone
    catalog.close()
