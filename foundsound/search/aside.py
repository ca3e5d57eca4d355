"""Work in another thread while this one waits for something that needs no interpreter."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import Generic, TypeVar

T = TypeVar("T")


class Aside(Generic[T]):
    """A piece of work on its way; see :func:`aside`."""

    def __init__(self, threads: Executor, work: Callable[[], T]) -> None:
        self._work = work
        self._future = threads.submit(copy_context().run, work)

    def result(self) -> T:
        """What it returns, or raises; done here and now if no thread was free for it."""
        self.end()
        return self._work() if self._future.cancelled() else self._future.result()

    def end(self) -> None:
        """Do not begin it any more, or wait for its end."""
        if not (self._future.done() or self._future.cancel()):
            wait([self._future])


@contextmanager
def aside(threads: Executor, work: Callable[[], T]) -> Iterator[Aside[T]]:
    """Begin the work; it has ended, or never began, when the body has.

    Handing it over takes 0.1 ms, and saves what it takes if the body gives the interpreter free.
    """
    begun = Aside(threads, work)
    try:
        yield begun
    finally:
        begun.end()
