"""Measured once, remembered: how well a runtime agrees with the reference on this machine."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from foundsound.embedding.clap.runtimes.export_cache import write_atomically
from foundsound.embedding.clap.runtimes.machine import runtime_key


def remembered(folder: Path, runtime: str, measure: Callable[[], float]) -> float:
    """What ``measure`` gives, or gave before with the same library on the same processor.

    Args:
        folder: the model's export; when that is made anew, the verdicts in it are gone.
        runtime: which is measured; names the file.
    """
    file = folder / f"verdict-{runtime}.json"
    key = runtime_key(runtime)
    known = _read(file, key)
    if known is not None:
        return known
    found = measure()
    with suppress(OSError):  # a cache that cannot be written: measured again at the next start
        write_atomically(file, json.dumps({"key": key, "agreement": found}))
    return found


def _read(file: Path, key: str) -> float | None:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        return float(known["agreement"]) if known["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
