"""Pages of the interface, and whether its script runs for one: what is pressed then may be lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_MS = 90_000  # CI is loaded
LOOK_MS = 50
IDLE = (
    "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
)
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
GOES_ON = ForwardMsg.FINISHED_EARLY_FOR_RERUN
PART_DONE = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


class Runs:
    """What a page asks of the interface and is answered, read on their connection.

    The page itself shows only that a run has begun, not that one is still on its way. Parts of a
    page that look for news by themselves do not count.
    """

    def __init__(self, page: Page) -> None:
        self.asked = 0
        self.waiting = False
        self._of_part = False
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        self.waiting = False
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        message = BackMsg.FromString(_binary(frame))
        if message.HasField("rerun_script") and not message.rerun_script.is_auto_rerun:
            self.asked += 1
            self.waiting = True
            self._of_part = bool(message.rerun_script.fragment_id)

    def _received(self, frame: bytes | str) -> None:
        message = ForwardMsg.FromString(_binary(frame))
        if message.WhichOneof("type") != "script_finished":
            return
        how = message.script_finished
        if how != GOES_ON and (how == PART_DONE) == self._of_part:
            self.waiting = False


def _binary(frame: bytes | str) -> bytes:
    assert isinstance(frame, bytes)
    return frame


_runs: WeakKeyDictionary[Page, Runs] = WeakKeyDictionary()


@contextmanager
def opened(browser: Browser, **how: Any) -> Iterator[Page]:
    """A new page; at its end none of its scripts may have failed."""
    how = {"viewport": {"width": 1280, "height": 720}, **how}
    with browser.new_context(**how) as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        _runs[page] = Runs(page)
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        yield page
        assert not broken, "the page's scripts failed"


def settle(page: Page) -> None:
    """Wait until nothing is on its way, and what has come is drawn."""
    page.locator(IDLE).wait_for()
    while _runs[page].waiting:
        page.wait_for_timeout(LOOK_MS)
        page.locator(IDLE).wait_for()
    page.evaluate(DRAWN)


@contextmanager
def answered(page: Page, patience_ms: int = PATIENCE_MS) -> Iterator[None]:
    """Wait until the interface has answered what is done within.

    Raises:
        AssertionError: it was asked nothing.
    """
    runs = _runs[page]
    asked = runs.asked
    yield
    for _ in range(patience_ms // LOOK_MS):
        if runs.asked > asked:
            settle(page)
            return
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError("the page asked nothing of the interface")
