import pytest

from foundsound.catalog.pace import Pace, Pacer

UNKNOWN = Pace(None, None)


def test_the_pace_is_what_was_done_since_the_first_count() -> None:
    pacer = Pacer()
    assert pacer.take(100.0, done=10, waiting=90) == UNKNOWN
    assert pacer.take(101.0, done=20, waiting=80) == UNKNOWN  # too soon to say
    assert pacer.take(110.0, done=40, waiting=60) == Pace(3.0, 20.0)


def test_only_the_last_minute_counts() -> None:
    pacer = Pacer()
    pacer.take(0.0, done=0, waiting=1000)
    pacer.take(50.0, done=500, waiting=500)
    told = pacer.take(100.0, done=600, waiting=400)
    assert told.files_per_s == pytest.approx(2.0)
    assert told.left_s == pytest.approx(200.0)


def test_files_that_come_in_meanwhile_do_not_slow_it_down() -> None:
    pacer = Pacer()
    pacer.take(0.0, done=0, waiting=10)
    assert pacer.take(10.0, done=10, waiting=500) == Pace(1.0, 500.0)


def test_a_library_at_rest_or_that_lost_files_is_counted_anew() -> None:
    pacer = Pacer()
    pacer.take(0.0, done=0, waiting=10)
    assert pacer.take(10.0, done=10, waiting=0) == UNKNOWN
    assert pacer.take(20.0, done=10, waiting=5) == UNKNOWN
    pacer.take(30.0, done=12, waiting=3)
    assert pacer.take(40.0, done=4, waiting=3) == UNKNOWN


def test_nothing_done_has_no_pace() -> None:
    pacer = Pacer()
    pacer.take(0.0, done=5, waiting=10)
    assert pacer.take(30.0, done=5, waiting=10) == UNKNOWN
