"""Where this machine has the folders that the catalogue knows by another machine's paths."""

import os


class PathMap:
    """Turns the catalogue's paths into this machine's and back.

    Args:
        text: pairs ``catalogue=here`` of absolute folders, joined by ``:``, such as
            ``/data/sfx=/mnt/sfx``; empty: both are the same. The longest folder that fits wins.

    Raises:
        ValueError: the text breaks this form.
    """

    def __init__(self, text: str) -> None:
        pairs: list[tuple[bytes, bytes]] = []
        for part in filter(None, text.split(os.pathsep)):
            there, equals, here = part.partition("=")
            if not equals or not os.path.isabs(there) or not os.path.isabs(here):
                raise ValueError(
                    f"'{part}' is no pair of absolute folders such as /data/sfx=/mnt/sfx"
                )
            pairs.append((_folder(there), _folder(here)))
        self._out = sorted(pairs, key=lambda pair: -len(pair[0]))
        self._back = sorted(((here, there) for there, here in pairs), key=lambda p: -len(p[0]))

    def local(self, path: bytes) -> bytes:
        """Where a path of the catalogue's lies here."""
        return _moved(path, self._out)

    def catalogued(self, path: bytes) -> bytes:
        """What the catalogue calls a path of this machine's."""
        return _moved(path, self._back)


def _folder(text: str) -> bytes:
    return os.fsencode(os.path.normpath(text)).rstrip(b"/")


def _moved(path: bytes, pairs: list[tuple[bytes, bytes]]) -> bytes:
    for old, new in pairs:
        if path == old or path.startswith(old + b"/"):
            return (new + path[len(old) :]) or b"/"
    return path
