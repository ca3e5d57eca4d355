"""Work in another thread while this one waits for something that needs no interpreter."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import Generic, TypeVar

T = TypeVar("T")


class Aside(Generic[T]):
    """A piece of work on its way; see :func:`aside`."""

    def __init__(self, threads: Executor, work: Callable[[], T]) -> None:
        self._work = work
        self._future: Future[T] | None
        try:
            self._future = threads.submit(copy_context().run, work)
        except RuntimeError:  # the system gives no more threads, or the process is at its end
            self._future = None

    def result(self) -> T:
        """What it returns, or raises; done here and now if no thread was free for it."""
        self.end()
        if self._future is None or self._future.cancelled():
            return self._work()
        return self._future.result()

    def end(self) -> None:
        """Do not begin it any more, or wait for its end."""
        if self._future is not None and not (self._future.done() or self._future.cancel()):
            wait([self._future])

    def leave(self) -> None:
        """Do not begin it any more; nobody waits for its end."""
        if self._future is not None:
            self._future.cancel()


@contextmanager
def aside(threads: Executor, work: Callable[[], T]) -> Iterator[Aside[T]]:
    """Begin the work; it has ended, or never began, when the body has.

    Handing it over takes 0.1 ms, and saves what it takes if the body gives the interpreter free. A
    Ctrl-C does not wait for it.
    """
    begun = Aside(threads, work)
    try:
        yield begun
    except Exception:
        begun.end()
        raise
    except BaseException:
        begun.leave()
        raise
    begun.end()
