"""What schemathesis asks of us while it makes requests; a process of its own loads this file."""

import os
import zlib
from typing import Any

import schemathesis
from schemathesis import HookContext

SOUND_ID = os.environ.get("FUZZED_SOUND_ID", "")


@schemathesis.hook
def map_path_parameters(
    _: HookContext, path_parameters: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Half of the sounds that are made up become one that is there."""
    made_up = str((path_parameters or {}).get("sound_id", ""))
    if path_parameters and made_up and zlib.crc32(made_up.encode("utf-8", "replace")) % 2:
        path_parameters["sound_id"] = SOUND_ID
    return path_parameters


@schemathesis.hook
def filter_body(context: HookContext, body: Any) -> bool:
    """No index run may be asked for over what this machine really has, such as ``/``."""
    if context.operation is None or context.operation.path != "/index":
        return True
    paths = body.get("paths") if isinstance(body, dict) else None
    return not any(_is_there(path) for path in (paths if isinstance(paths, list) else []))


def _is_there(path: Any) -> bool:
    try:
        return isinstance(path, str) and os.path.exists(path)
    except ValueError:  # a NUL, or half of a character
        return False
