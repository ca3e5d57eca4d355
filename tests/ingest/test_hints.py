import threading

import pytest

from ingest import hints as module
from ingest.hints import Hints


def test_two_events_for_one_file_are_one_hint() -> None:
    hints = Hints(b"/r")
    for _ in range(2):
        hints.add(b"/r/a/x.wav")
    hints.add(b"/elsewhere/x.wav")
    hints.add(b"/r-not/x.wav")
    assert hints.take() == ([b"a/x.wav"], False, "")
    assert hints.take() == ([], False, "")


def test_a_folder_covers_what_is_in_it() -> None:
    hints = Hints(b"/r")
    hints.add(b"/r/a")
    for k in range(10):
        hints.add(b"/r/a/b/%d.wav" % k)
    hints.add(b"/r/ab.wav")
    assert hints.take()[0] == [b"a", b"ab.wav"]


def test_too_many_hints_are_one_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_HINTS", 3)
    hints = Hints(b"/r")
    for k in range(10):
        hints.add(b"/r/%d.wav" % k)
    assert hints.take() == ([], True, "")


@pytest.mark.parametrize("event", ["root", "lost", "failed"])
def test_what_only_a_scan_can_find(event: str) -> None:
    hints = Hints(b"/r")
    hints.add(b"/r/a.wav")
    if event == "root":
        hints.add(b"/r")
    elif event == "lost":
        hints.add_everything()
    else:
        hints.fail("No more watches.")
    assert hints.take() == ([], True, "No more watches." if event == "failed" else "")


def test_waiting_ends_with_a_hint() -> None:
    hints = Hints(b"/r")
    timer = threading.Timer(0.05, hints.add, [b"/r/a.wav"])
    timer.start()
    hints.wait(30)
    timer.join()
    assert hints.take()[0] == [b"a.wav"]
    hints.add(b"/r/a.wav")
    hints.wait(30)  # there is one already
