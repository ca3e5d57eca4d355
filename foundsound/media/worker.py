"""One child that decodes for listening and looking, and the thread that asks it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from foundsound.audio.bounds import file_bounds
from foundsound.processes.child import module_command
from foundsound.processes.watched_child import WatchedChild
from foundsound.settings import Settings

COMMAND = module_command("foundsound.media.child")


class MediaWorker:
    """Takes one request after another; its child is started with the first one.

    A child that crashes, is silent for ``decode_stall_s`` or takes too much memory costs the
    request that it was at, and is replaced for the next.
    """

    def __init__(self, settings: Settings) -> None:
        bounds, memory_bytes = file_bounds(settings), settings.max_decode_memory_bytes
        limits = [bounds.file_bytes, bounds.duration_s, bounds.channels, bounds.decode_s]
        command = [*COMMAND, *map(str, [*limits, memory_bytes])]
        self._child = WatchedChild(command, settings.decode_stall_s, memory_bytes)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="media")

    def submit(self, work: Callable[[], None]) -> "Future[None]":
        """Run in the worker's thread, behind what was submitted before."""
        return self._thread.submit(work)

    def ask(self, work: str, path: bytes, folder: Path) -> None:
        """Have the child do one piece of work; for the worker's thread alone.

        Raises:
            AudioError, OutOfBounds: the file is no usable audio, or too much for the child.
            FileUnavailable: it cannot be read now.
            FoundsoundError: no child can be started, or the worker is closed.
        """
        self._child.ask({"work": work, "path": path.hex(), "folder": str(folder)})
        self._child.answer()

    def warm(self) -> None:
        """Have the child started, so that the first request need not wait for that."""
        if self._child.can_start:
            self._thread.submit(self._child.start)

    def close(self) -> None:
        """End the child; what waits is not done."""
        self._child.interrupt()
        self._thread.shutdown(cancel_futures=True)
        self._child.end()
