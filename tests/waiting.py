"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

LOOK_S = 0.05
WITHIN_S = 240  # of a machine that does much else


def wait_until(true: Callable[[], bool], shown: Callable[[], object] | None = None) -> None:
    """Look until it is true.

    Args:
        shown: is asked when it does not become true: what there is instead.

    Raises:
        AssertionError: it did not become true.
    """
    for _ in range(round(WITHIN_S / LOOK_S)):  # turns, not time: a machine may stand still
        if true():
            return
        time.sleep(LOOK_S)
    raise AssertionError(shown() if shown else f"it did not happen within {WITHIN_S} s")
