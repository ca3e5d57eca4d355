"""What inotify tells, and that it tells when it fails."""

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.hints import Hints
from ingest.native_events import NativeEvents, explain

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "a" / "b").mkdir(parents=True)
    (tmp_path / "root" / "a" / "old.wav").write_bytes(b"x")
    return tmp_path / "root"


@pytest.fixture
def hints(root: Path) -> Hints:
    return Hints(os.fsencode(root))


def collected(
    hints: Hints, enough: Callable[[set[bytes], bool, str], bool]
) -> tuple[set[bytes], bool, str]:
    """Everything told until it is enough."""
    paths: set[bytes] = set()
    everything, failure = False, ""
    deadline = time.monotonic() + 120
    while not enough(paths, everything, failure):
        assert time.monotonic() < deadline, (paths, everything, failure)
        hints.wait(0.1)
        told, all_, why = hints.take()
        paths |= set(told)
        everything, failure = everything or all_, failure or why
    return paths, everything, failure


@pytest.fixture
def watched(root: Path, hints: Hints) -> Iterator[NativeEvents]:
    with NativeEvents(os.fsencode(root), hints) as events:
        yield events


def test_every_kind_of_change_is_told(
    root: Path, hints: Hints, watched: NativeEvents, tmp_path: Path
) -> None:
    (root / "new.wav").write_bytes(b"x")
    (root / "notes.txt").write_bytes(b"x")
    with open(os.path.join(os.fsencode(root), b"\xff.wav"), "wb"):
        pass
    collected(hints, lambda paths, *_: paths >= {b"new.wav", b"\xff.wav"})
    (root / "new.wav").rename(root / "a" / "b" / "moved.wav")
    collected(hints, lambda paths, *_: paths >= {b"new.wav", b"a/b/moved.wav"})
    (root / "a").rename(root / "c")
    (root / "made" / "deep").mkdir(parents=True)
    (root / "made" / "deep" / "x.wav").write_bytes(b"x")
    told, *_ = collected(hints, lambda paths, *_: paths >= {b"a", b"c", b"made"})
    assert b"notes.txt" not in told
    (root / "c" / "old.wav").unlink()
    (root / "c" / "b").rename(tmp_path / "out")
    collected(hints, lambda paths, *_: paths >= {b"c/old.wav", b"c/b"})
    os.utime(root / "made" / "deep" / "x.wav")
    collected(hints, lambda paths, *_: b"made/deep/x.wav" in paths)


def test_reading_tells_nothing(root: Path, hints: Hints, watched: NativeEvents) -> None:
    for _ in range(3):
        (root / "a" / "old.wav").read_bytes()
        list(root.rglob("*"))
    hints.wait(1)
    assert hints.take() == ([], False, "")


def test_lost_events_are_told(root: Path, hints: Hints, watched: NativeEvents) -> None:
    """A real overflow: more happens than the kernel's queue holds, and nobody reads it."""
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    files = [root / "a" / "old.wav", root / "two.wav"]
    files[1].write_bytes(b"x")
    collected(hints, lambda paths, *_: b"two.wav" in paths)
    with watched._observer._inotify._lock:  # type: ignore[attr-defined]
        for number in range(limit + 5000):
            os.utime(files[number % 2])  # equal events would be merged
    _, everything, failure = collected(hints, lambda _, everything, __: everything)
    assert (everything, failure) == (True, "")
    (root / "after.wav").write_bytes(b"x")  # and it goes on
    collected(hints, lambda paths, *_: b"after.wav" in paths)


@pytest.mark.parametrize("when", ["at the start", "later"])
def test_a_folder_that_cannot_be_watched_is_told(
    root: Path, hints: Hints, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    real = InotifyFD._get_or_create_watch

    def limited(fd: InotifyFD, path: bytes, mask: int) -> object:
        if path.endswith((b"/b", b"/later")):
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return real(fd, path, mask)  # type: ignore[arg-type]

    if when == "later":
        (root / "a" / "b").rmdir()
    monkeypatch.setattr(InotifyFD, "_get_or_create_watch", limited)
    with NativeEvents(os.fsencode(root), hints):
        if when == "later":
            (root / "later").mkdir()
        _, everything, failure = collected(hints, lambda _, __, failure: bool(failure))
    assert everything
    assert "fs.inotify.max_user_watches" in failure


def test_a_root_that_cannot_be_watched_at_all_is_an_error(
    root: Path, hints: Hints, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    def no_more(_: object) -> int:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(InotifyFD, "_create_inotify_fd", classmethod(no_more))
    with pytest.raises(OSError, match="instance limit") as raised:
        NativeEvents(os.fsencode(root), hints)
    assert "fs.inotify.max_user_instances" in explain(raised.value)
    assert "Permission denied" in explain(PermissionError(errno.EACCES, "Permission denied"))
