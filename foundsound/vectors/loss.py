"""Whether an index has lost points, told by counts alone."""

from collections.abc import Callable

TRIES = 3


def has_lost(held: Callable[[], int], expected: Callable[[], int]) -> bool:
    """True when an index holds fewer points than the catalogue's rows say.

    Other processes may write meanwhile: points before their rows, and delete rows before their
    points, so that an index that lost nothing never holds fewer than there are rows. The rows are
    counted before and after, and the fewer of them count.

    Args:
        held: counts the points.
        expected: counts what the rows say, as of the moment of the call.
    """
    for _ in range(TRIES):
        before = expected()
        points = held()
        if points >= min(before, expected()):
            return False
    return True
