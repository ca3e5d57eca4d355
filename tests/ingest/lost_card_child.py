"""An embedding child whose model fails as LOST_CARD_KIND says, unless it is the second child."""

import os
from collections.abc import Sequence
from pathlib import Path

from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.registry import create_embedder
from foundsound.errors import ModelError
from foundsound.settings import Settings
from ingest import embed_child

LOST = "CUDA error: an illegal memory access was encountered"


def spoiled(name: str, settings: Settings) -> Embedder:
    embedder = create_embedder(name, settings)
    try:
        Path(os.environ["LOST_CARD_SEEN"]).touch(exist_ok=False)
    except FileExistsError:
        return embedder

    def fail(_: Sequence[Floats]) -> Floats:
        match os.environ["LOST_CARD_KIND"]:
            case "lost":
                raise RuntimeError(LOST)
            case "wrapped":
                raise ModelError("The GPU cannot run it.") from RuntimeError(LOST)
            case _:
                raise RuntimeError("a bug")

    embedder.embed_audio = fail  # type: ignore[method-assign, assignment]
    return embedder


if __name__ == "__main__":
    setattr(embed_child, "create_embedder", spoiled)  # noqa: B010  # for mypy, it is not its own
    embed_child.main()
