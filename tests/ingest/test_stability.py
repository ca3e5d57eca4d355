"""When a file counts as written to its end. Clocks are the test's own."""

import errno
import os
from pathlib import Path

import pytest

from foundsound.catalog.locations import SeenFile
from ingest import stability
from ingest.stability import StabilityTracker, can_be_opened

NOW = 1_700_000_000.0


class Time:
    def __init__(self) -> None:
        self.s = 0.0

    def clock(self) -> float:
        return self.s

    def wall(self) -> float:
        return NOW + self.s


def seen(time: Time, size: int, name: bytes = b"a.wav") -> SeenFile:
    """A file that was written just now."""
    written_ns = int(time.wall() * 1e9)
    return SeenFile(name, size, written_ns, 1, 2, written_ns)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def locked() -> set[bytes]:
    """Files that somebody keeps to himself."""
    return set()


@pytest.fixture
def tracker(time: Time, locked: set[bytes]) -> StabilityTracker:
    return StabilityTracker(b"/r", 5, time.clock, time.wall, lambda path: path not in locked)


def test_a_file_is_taken_once_it_has_rested(time: Time, tracker: StabilityTracker) -> None:
    file = seen(time, 100)
    assert tracker.hold(file)
    assert (tracker.due(), tracker.wait_s()) == ([], 5.0)
    time.s = 4.9
    assert tracker.hold(file)
    time.s = 5.0
    assert tracker.due() == [b"a.wav"]
    assert not tracker.hold(file)
    assert (len(tracker), tracker.wait_s()) == (0, None)


def test_a_copy_of_ten_minutes_is_taken_once_at_its_end(
    time: Time, tracker: StabilityTracker
) -> None:
    taken = []
    for second in range(700):
        time.s = float(second)
        written = min(second, 600)
        file = SeenFile(b"a.wav", 1000 * written, int((NOW + written) * 1e9), 1, 2)
        if not tracker.hold(file):
            taken.append((second, file.size))
            break
    assert taken == [(605, 600_000)]


def test_a_copy_that_pauses_for_less_than_the_time_is_not_taken(
    time: Time, tracker: StabilityTracker
) -> None:
    for size in range(1, 20):
        file = seen(time, size)
        assert tracker.hold(file)
        time.s += 4
        assert tracker.hold(file)


def test_a_size_or_a_time_or_another_file_at_its_place_starts_anew(
    time: Time, tracker: StabilityTracker
) -> None:
    file = seen(time, 1)
    tracker.hold(file)
    time.s = 5
    for other in (
        file._replace(size=2),
        file._replace(mtime_ns=file.mtime_ns + 1),
        file._replace(inode=3),
    ):
        assert tracker.hold(other)
        assert tracker.hold(other)
        assert tracker.due() == []
        time.s += 5
    assert not tracker.hold(other)


def test_what_was_written_long_ago_needs_no_waiting(time: Time, tracker: StabilityTracker) -> None:
    old = seen(time, 1)
    time.s = 5.0
    assert not tracker.hold(old)


def test_an_old_time_on_a_file_that_came_just_now_is_not_trusted(
    time: Time, tracker: StabilityTracker
) -> None:
    """As cp -p and unpacking set it: the status change tells the truth."""
    assert tracker.hold(seen(time, 1)._replace(mtime_ns=1))


def test_a_file_of_a_server_whose_clock_is_ahead_is_watched(
    time: Time, tracker: StabilityTracker
) -> None:
    ahead = seen(time, 1)._replace(mtime_ns=int((NOW + 3600) * 1e9))
    assert tracker.hold(ahead)
    time.s = 5
    assert not tracker.hold(ahead)


def test_a_file_that_somebody_has_locked_is_waited_for(
    time: Time, tracker: StabilityTracker, locked: set[bytes]
) -> None:
    locked.add(b"/r/a.wav")
    file = seen(time, 1)
    tracker.hold(file)
    for _ in range(3):
        time.s += 5
        assert tracker.hold(file)
    locked.clear()
    assert tracker.hold(file)  # and rests once more
    time.s += 5
    assert not tracker.hold(file)


def test_what_is_gone_is_not_looked_after(time: Time, tracker: StabilityTracker) -> None:
    tracker.hold(seen(time, 1))
    time.s = 3
    tracker.hold(seen(time, 1, b"b.wav"))
    time.s = 5
    due = tracker.due()
    time.s = 8  # looking took a while: b.wav is due as well, and was not looked at
    tracker.forget(due)
    assert tracker.due() == [b"b.wav"]


def test_more_than_can_be_tracked_is_left_for_a_scan(
    time: Time, tracker: StabilityTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stability, "MAX_TRACKED", 3)
    assert all(tracker.hold(seen(time, 1, b"%d.wav" % k)) for k in range(5))
    assert (len(tracker), tracker.overflowed) == (3, True)


def test_opening_does_not_wait_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"abc")
    os.utime(file, ns=(5, 5))
    os.mkfifo(tmp_path / "pipe.wav")
    assert can_be_opened(os.fsencode(file))
    assert can_be_opened(os.fsencode(tmp_path / "pipe.wav"))
    assert can_be_opened(b"/no/such/file")  # the worker says why
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (b"abc", 5)

    def busy(*_: object) -> int:
        raise OSError(errno.ETXTBSY, "Text file busy")

    monkeypatch.setattr(os, "open", busy)
    assert not can_be_opened(os.fsencode(file))
