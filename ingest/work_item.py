"""A file in a worker's hands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A file whose content is to be looked at, as it was when its size and time were noted."""

    location_id: int
    path: bytes  # that opens it here
    size: int
    mtime_ns: int
