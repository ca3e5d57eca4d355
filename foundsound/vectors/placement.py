"""How a Qdrant server is to lay out the collections that it makes for us."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Placement:
    """Of collections made from now on; those that are there keep theirs.

    Args:
        shards: parts of a collection, spread over the nodes; None: as many as there are nodes.
        replicas: copies of each shard, on different nodes.
        write_consistency: copies that must have a write before it counts as done.
    """

    shards: int | None = None
    replicas: int = 1
    write_consistency: int = 1
