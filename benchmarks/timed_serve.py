"""``foundsound`` with a clock in it: every answer tells its steps in a ``Server-Timing`` header.

``python -m benchmarks.timed_serve serve …`` is ``foundsound serve …``; what is measured is wrapped
from outside, and costs some microseconds a step.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from threading import get_ident
from time import perf_counter
from typing import Any

import uvicorn

from foundsound.catalog.database import Catalog
from foundsound.cli.app import main
from foundsound.hearing.text_vectors import TextVectors
from foundsound.search.searcher import Searcher
from foundsound.vectors.edge import EdgeIndex
from foundsound.vectors.edge_lexical import EdgeLexicalIndex
from foundsound.vectors.lexical_hits import LexicalHits

Method = Callable[..., Any]
SEARCH = "search"
ASIDE = "-aside"  # of a step that another thread takes


class Steps:
    """Seconds of each step of one request; the time within another step counts there alone.

    What another thread does meanwhile counts for itself: nobody waits for it, or if somebody does,
    the step that waits has that time as well.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self.begun = perf_counter()
        self.search_ended = self.begun
        self._inner: dict[int, list[float]] = {}  # by thread
        self._thread: int | None = None  # of the search

    @contextmanager
    def step(self, name: str, call: bool = True) -> Iterator[None]:
        """Count the body's time, and the call if it is one."""
        begun, thread = perf_counter(), get_ident()
        if name == SEARCH:
            self._thread = thread
        aside = self._thread not in (None, thread)
        inner = self._inner.setdefault(thread, [0.0])
        inner.append(0.0)
        try:
            yield
        finally:
            spent = perf_counter() - begun
            own = spent - inner.pop()
            inner[-1] += spent
            step = f"{name}{ASIDE}" if aside else name
            self.seconds[step] = self.seconds.get(step, 0.0) + own
            self.calls[step] = self.calls.get(step, 0) + call

    def header(self) -> bytes:
        """As the value of Server-Timing: milliseconds and calls; called when the answer starts."""
        now = perf_counter()
        named = self.seconds | {"answer": now - self.search_ended, "total": now - self.begun}
        return ", ".join(
            f"{name};dur={1000 * s:.3f};desc={self.calls.get(name, 1)}" for name, s in named.items()
        ).encode()


current: ContextVar[Steps | None] = ContextVar("current", default=None)


class TimedApp:
    """An ASGI app that adds the header to every answer of ``app``."""

    def __init__(self, app: Method) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        steps = Steps()
        current.set(steps)

        async def timed_send(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"server-timing", steps.header())]
            await send(message)

        await self._app(scope, receive, timed_send)


def install() -> None:
    """Put the clock into everything that a search passes through."""
    for owner, method, name in (
        (TextVectors, "embed", "embed"),
        (EdgeIndex, "search", "dense"),
        (EdgeIndex, "search_batch", "dense"),
        (EdgeIndex, "sample", "dense"),
        (EdgeLexicalIndex, "search", "lexical"),
        (Searcher, "search", SEARCH),
    ):
        setattr(owner, method, _timed(getattr(owner, method), name))
    # What a search has found is made a hit when it is read.
    for method in ("_make_next", "of"):
        setattr(LexicalHits, method, _timed(getattr(LexicalHits, method), "lexical", call=False))
    for method in ("read", "rows"):
        setattr(Catalog, method, _timed_session(getattr(Catalog, method)))
    setattr(Catalog, "version", _timed(Catalog.version, "version"))  # noqa: B010
    original = uvicorn.Config.__init__

    def timed_config(self: uvicorn.Config, app: Any, *args: Any, **given: Any) -> None:
        original(self, TimedApp(app), *args, **given)

    setattr(uvicorn.Config, "__init__", timed_config)  # noqa: B010


def _timed(method: Method, name: str, call: bool = True) -> Method:
    @wraps(method)
    def timed(*args: Any, **given: Any) -> Any:
        steps = current.get()
        if steps is None:
            return method(*args, **given)
        with steps.step(name, call):
            result = method(*args, **given)
        steps.search_ended = perf_counter()
        return result

    return timed


def _timed_session(read: Method) -> Method:
    @wraps(read)
    @contextmanager
    def timed(*args: Any, **given: Any) -> Iterator[Any]:
        steps = current.get()
        if steps is None:
            with read(*args, **given) as session:
                yield session
            return
        with steps.step("sql"), read(*args, **given) as session:
            yield session

    return timed


if __name__ == "__main__":
    install()
    main()
