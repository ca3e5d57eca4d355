"""Tells of an outage once, now and then while it lasts, and when it is over."""

import logging
import time
from collections.abc import Callable

AGAIN_S = 300.0


class OutageLog:
    """For a loop that tries again every few seconds. Not thread-safe: one for each loop.

    Args:
        log: that of the loop's module.
        again_s: how long the same sentence is not repeated.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        log: logging.Logger,
        again_s: float = AGAIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._again_s = again_s
        self._clock = clock
        self._told_at: dict[str, float] = {}

    def failed(self, sentence: str) -> None:
        """Warn, unless the same was said lately."""
        now = self._clock()
        lately = {each: at for each, at in self._told_at.items() if now - at < self._again_s}
        level = logging.DEBUG if sentence in lately else logging.WARNING
        self._log.log(level, "%s", sentence)
        self._told_at = {sentence: now} | lately

    def worked(self, sentence: str) -> None:
        """Say so if it had failed; a warning too, or whoever saw the first would miss the end."""
        if self._told_at:
            self._told_at = {}
            self._log.warning("%s", sentence)
