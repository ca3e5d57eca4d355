"""Sounds as the list shows them."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ui.client import Json
from ui.settings import settings_from_environment

CHANNELS = {1: "mono", 2: "stereo"}
FIELDS = {"description": "text", "keywords": "keyword", "user_category": "category"}


def row(hit: Mapping[str, Any], more: Mapping[str, Any], roots: Iterable[str]) -> Json:
    """A hit, with what else is known of the sound.

    Args:
        more: its category, tags and favourite mark, as far as they are known.
        roots: folders that paths are shown without.
    """
    path = str(hit["path"] or "")
    folder, name = os.path.split(path)
    strength = hit.get("strength")
    return {
        "id": hit["sound_id"],
        "name": name or hit["sound_id"],
        "folder": shortened(folder, roots),
        "path": settings_from_environment().paths.here(path),
        "page": f"sound?id={hit['sound_id']}",
        "dur": hit.get("duration_s"),
        "start": hit.get("start_s") or 0.0,
        "end": hit.get("end_s") or 0.0,
        "bar": hit.get("bar"),
        "strength": f"{strength:.1f}" if strength is not None else "",
        "weak": bool(hit.get("weak")),
        "offline": bool(hit.get("offline")),
        "takes": len(hit.get("takes") or ()),
        "spec": specification(hit),
        "cat": more.get("category") or "",
        "tags": list(more.get("tags") or ())[:3],
        "fav": bool(more.get("favourite")),
        "why": why(hit),
    }


def shortened(folder: str, roots: Iterable[str]) -> str:
    """A folder without the root that holds it."""
    for root in (root.rstrip("/") for root in roots):
        if folder == root or folder.startswith(root + "/"):
            return os.path.relpath(folder, os.path.dirname(root))
    return folder


def specification(sound: Mapping[str, Any]) -> str:
    """Container, rate and channels, in short: ``WAV 48k stereo``."""
    rate = sound.get("sample_rate")
    count = sound.get("channels")
    said = [
        str(sound.get("format") or ""),
        f"{rate / 1000:g}k" if rate else "",
        CHANNELS.get(count, f"{count} ch") if count else "",
    ]
    return " ".join(part for part in said if part)


def why(hit: Mapping[str, Any]) -> str:
    """Which of the query's words it has, and where; or that it is heard."""
    places: dict[str, list[str]] = {}
    for word in hit.get("words") or ():
        places.setdefault(FIELDS.get(word["field"], word["field"]), []).append(word["found"])
    said = " · ".join(f"{place}: {', '.join(words)}" for place, words in places.items())
    return said or ("by ear" if hit.get("heard") else "")
