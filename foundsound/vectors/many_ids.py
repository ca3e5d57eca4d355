"""More sounds to choose from than fit into one request of a Qdrant server, which takes 32 MB."""

from collections.abc import Collection, Sequence

MOST_IDS = 200_000  # in one request: 8 MB as JSON


def parts_of(only: Collection[str] | None) -> Sequence[Collection[str] | None]:
    """``only`` in parts: the best of all are among the best of each. None, everything, is one."""
    if only is None or len(only) <= MOST_IDS:
        return [only]
    ids = list(only)
    return [ids[start : start + MOST_IDS] for start in range(0, len(ids), MOST_IDS)]
