"""From strengths to events: hysteresis, debouncing, shortest event."""

import numpy as np

from foundsound.listening.detector import Detector, Event, Rules


def run(strengths: list[float], least_s: float = 0.0, hold_s: float = 2.0) -> list[Event]:
    detector = Detector(Rules(1.0, least_s, hold_s), [4.0], [20.0])
    events = []
    for at, strength in enumerate(strengths):
        end_s = at + 1.0
        events += detector.push(max(end_s - 3, 0), end_s, np.array([strength], np.float32))
    return [*events, *detector.finish()]


def test_it_begins_high_and_ends_low() -> None:
    start, end = run([0, 0, 5, 6, 5, 1, 1, 1, 1])
    assert (start.kind, start.start_s) == ("start", 2.0)
    assert (end.kind, end.start_s, end.strength) == ("end", 2.0, 6.0)
    assert 3.0 <= end.end_s <= 5.0


def test_between_the_thresholds_nothing_changes() -> None:
    assert run([3.9] * 10) == []
    assert [each.kind for each in run([5, 3, 3, 3, 3, 3, 3])] == ["start", "end"]


def test_dips_are_bridged_and_peaks_passed_over() -> None:
    assert len(run([5, 0, 5, 0, 5, 0, 0, 0, 0])) == 2
    assert run([0, 5, 0, 0, 5, 0, 0], least_s=2.0) == []
    assert [each.kind for each in run([0, 5, 5, 5, 0, 0, 0], least_s=2.0)] == ["start", "end"]


def test_what_goes_on_ends_with_the_sound() -> None:
    start, end = run([5, 5, 5])
    assert (start.kind, end.kind, end.end_s) == ("start", "end", 3.0)
    assert run([-np.inf] * 3) == []


def test_each_target_by_itself() -> None:
    detector = Detector(Rules(1.0, 0.0, 1.0), [4.0, 2.0], [20.0, 20.0])
    assert [e.target for e in detector.push(0, 1, np.array([3, 3], np.float32))] == [1]
    assert [e.target for e in detector.push(1, 2, np.array([5, 0], np.float32))] == [0, 1]
