"""Vorbis comments (Xiph; RFC 9639 section 8.6): the tags of FLAC, Ogg Vorbis, Opus and Speex.

Not read through FFmpeg, which takes DESCRIPTION for COMMENT, so that one of them is lost.
"""

import struct
from collections.abc import Iterator

from foundsound.metadata.text import decode_text

MAX_COMMENTS = 1000
PICTURES = frozenset({"METADATA_BLOCK_PICTURE", "COVERART"})
_COUNT = struct.Struct("<I")


def read_comments(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield name, in upper case, and text of every comment but pictures.

    Raises:
        ValueError: the block is damaged; what came before it was yielded.
    """
    _, position = _sized(data, 0)  # the encoder's name
    count, position = _number(data, position)
    for _ in range(min(count, MAX_COMMENTS)):
        comment, position = _sized(data, position)
        name, equals, value = comment.partition(b"=")
        key = name.decode("ascii", "ignore").upper()
        if equals and key not in PICTURES:
            yield key, decode_text(value)


def _sized(data: bytes, position: int) -> tuple[bytes, int]:
    size, position = _number(data, position)
    if position + size > len(data):
        raise ValueError("the comments are cut short")
    return data[position : position + size], position + size


def _number(data: bytes, position: int) -> tuple[int, int]:
    if position + _COUNT.size > len(data):
        raise ValueError("the comments are cut short")
    return _COUNT.unpack_from(data, position)[0], position + _COUNT.size
