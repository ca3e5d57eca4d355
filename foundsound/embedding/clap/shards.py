"""Weights that were saved in several files, beside an index that says which tensor is in which."""

import json
from pathlib import Path

from foundsound.errors import ModelError

INDEX = "model.safetensors.index.json"
SUFFIX = ".safetensors"


def shards(folder: Path) -> tuple[Path, ...]:
    """The files that the index in ``folder`` names, in the order of their numbers.

    Raises:
        ModelError: the index cannot be read, or names something else than files beside it.
    """
    index = folder / INDEX
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{index} cannot be read: {error}.") from error
    if not names or not all(_is_beside(name) for name in names):
        raise ModelError(f"{index} does not name the safetensors files beside it.")
    return tuple(folder / name for name in sorted(names))


def _is_beside(name: object) -> bool:
    """An index can come from anywhere: it must not lead out of its folder, nor to a pickle."""
    return isinstance(name, str) and name.endswith(SUFFIX) and Path(name).name == name
