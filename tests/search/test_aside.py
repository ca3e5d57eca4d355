"""Work aside: in another thread if one is free, else by the caller; never left behind."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from foundsound.search.aside import aside

ASKED: ContextVar[str] = ContextVar("asked")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_it_is_done_while_the_body_runs_and_knows_what_the_caller_does(
    threads: ThreadPoolExecutor,
) -> None:
    done = threading.Event()

    def work() -> tuple[str, int]:
        done.set()
        return ASKED.get(), threading.get_ident()

    ASKED.set("rain")
    with aside(threads, work) as begun:
        assert done.wait(60)
    asked, thread = begun.result()
    assert (asked, thread == threading.get_ident()) == ("rain", False)
    assert begun.result() == (asked, thread)


def test_the_caller_does_it_where_no_thread_is_free(threads: ThreadPoolExecutor) -> None:
    free = threading.Event()
    threads.submit(free.wait, 60)
    try:
        with aside(threads, threading.get_ident) as begun:
            assert begun.result() == threading.get_ident()
        with aside(threads, threading.get_ident) as begun:
            pass
        assert begun.result() == threading.get_ident()
    finally:
        free.set()


def test_the_caller_does_it_where_no_thread_can_be_had() -> None:
    ended = ThreadPoolExecutor(1)
    ended.shutdown()
    with aside(ended, threading.get_ident) as begun:
        pass
    assert begun.result() == threading.get_ident()


def test_what_it_raises_is_raised_by_its_result(threads: ThreadPoolExecutor) -> None:
    with (
        pytest.raises(ValueError, match="invalid literal"),
        aside(threads, lambda: int("rain")) as begun,
    ):
        begun.result()


def fail(
    threads: ThreadPoolExecutor,
    work: Callable[[], object],
    begun: Callable[[], object],
    error: type[BaseException],
) -> None:
    with aside(threads, work):
        begun()
        raise error


def test_ctrl_c_does_not_wait_for_it(threads: ThreadPoolExecutor) -> None:
    running, hanging = threading.Event(), threading.Event()

    def work() -> None:
        running.set()
        hanging.wait(60)

    with pytest.raises(KeyboardInterrupt):
        fail(threads, work, lambda: running.wait(60), KeyboardInterrupt)
    assert not hanging.is_set()
    hanging.set()


def test_it_has_ended_when_the_body_fails(threads: ThreadPoolExecutor) -> None:
    running, ended = threading.Event(), threading.Event()

    def work() -> None:
        running.set()
        time.sleep(0.3)  # longer than the body
        ended.set()

    with pytest.raises(LookupError):
        fail(threads, work, lambda: running.wait(60), LookupError)
    assert ended.is_set()
    free = threading.Event()
    threads.submit(free.wait, 60)
    never: list[int] = []
    with pytest.raises(LookupError):
        fail(threads, lambda: never.append(1), lambda: None, LookupError)
    free.set()
    threads.submit(int).result()  # all that was handed over before has been taken up
    assert never == []
