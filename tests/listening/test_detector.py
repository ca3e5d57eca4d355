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


def test_a_short_window_is_sooner_and_has_to_be_stronger() -> None:
    detector = Detector(Rules(1.0, 0.0, 1.0), [4.0], [20.0])
    assert detector.look(0.0, 0.25, np.array([5.0], np.float32)) == []
    (start,) = detector.look(0.25, 0.5, np.array([6.0], np.float32))
    assert (start.kind, start.start_s) == ("start", 0.25)
    assert detector.push(-2.0, 1.0, np.array([1.0], np.float32)) == []  # it is little of 3 s
    assert detector.look(1.0, 1.25, np.array([5.0], np.float32)) == []  # above the lower threshold
    (end,) = detector.look(2.25, 2.5, np.array([0.0], np.float32))
    assert (end.kind, end.end_s) == ("end", 1.25)


def test_a_short_window_never_needs_more_than_a_perfect_match_has() -> None:
    detector = Detector(Rules(1.0, 0.0, 1.0), [9.0], [10.0])
    assert len(detector.look(0.0, 0.25, np.array([9.5], np.float32))) == 1


def test_the_hum_of_a_source_is_no_event() -> None:
    quiet, louder = [3.5] * 40, [4.5] * 3
    assert [e.kind for e in run([0.0] * 40 + louder)] == ["start", "end"]
    assert run(quiet + louder + quiet) == []
    (start, end) = run([*quiet, 12.0, 12.0, *quiet])
    assert (start.start_s, end.strength) == (40.0, 12.0)
    assert 41.0 <= end.end_s <= 44.0


def test_what_hums_from_the_beginning_on_ends_when_that_is_known() -> None:
    start, end = run([5.0] * 60)
    assert (start.start_s, end.kind) == (0.0, "end")
    assert end.end_s < 30


def test_an_event_is_no_background_of_itself() -> None:
    (start, end) = run([0.0] * 30 + [12.0] * 400 + [0.0] * 5)
    assert (start.start_s, end.kind) == (30.0, "end")
    assert end.end_s >= 428
