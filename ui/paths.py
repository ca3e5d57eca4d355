"""Paths as the people at this interface have them: a studio mounts folders where it likes."""

import re

DRIVE = re.compile(r"^([A-Za-z]:|\\\\)")


class PathMap:
    r"""Turns the library's paths into those of the machines in front.

    Args:
        text: pairs ``library's folder=folder here`` joined by semicolons, as in
            ``/data/sfx=Z:\SFX;/data/music=/Volumes/Music``.

    Raises:
        ValueError: a pair has no folder on one side.
    """

    def __init__(self, text: str = "") -> None:
        self._pairs = [_pair(each) for each in text.split(";") if each.strip()]
        self._pairs.sort(key=lambda pair: -len(pair[0]))  # the innermost folder decides

    @property
    def pairs(self) -> list[str]:
        """As they were told, for the API to do the same."""
        return [f"{theirs}={ours}" for theirs, ours in self._pairs]

    def here(self, path: str) -> str:
        """The path as it is here; as it was, if no pair is about it."""
        for theirs, ours in self._pairs:
            if path == theirs or path.startswith(theirs + "/"):
                rest = path[len(theirs) :]
                return ours + (rest.replace("/", "\\") if DRIVE.match(ours) else rest)
        return path


def _pair(text: str) -> tuple[str, str]:
    theirs, _, ours = (part.strip() for part in text.partition("="))
    if not theirs or not ours:
        raise ValueError(f"'{text}' is no pair of folders; write for example /data/sfx=/mnt/sfx")
    return theirs.rstrip("/") or "/", ours.rstrip("/\\") or "/"
