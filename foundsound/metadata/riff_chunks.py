"""The chunks of a RIFF file, and of its 64-bit forms RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088).

Written here because a reader of untrusted files needs bounds that no library of chunks has: a
claimed size is never believed further than the file goes, and the audio is stepped over.
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from foundsound.metadata.guarded_file import GuardedFile

MAX_CHUNKS = 1000
MAX_CHUNK_BYTES = 2**22  # of one chunk's content; iXML of a 64-track recording has 30 KiB
FORMS_64 = {b"RF64", b"BW64"}
_IN_DS64 = 0xFFFFFFFF  # the size that says: look in ds64


@dataclass(frozen=True)
class Chunk:
    """One chunk: what it is called and what it holds."""

    id: bytes  # four characters
    data: bytes


def riff_chunks(file: GuardedFile, wanted: Collection[bytes]) -> Iterator[Chunk]:
    """Yield the wanted chunks of a file, in its order, to its end or the first senseless header."""
    file.seek(0)
    form = file.read(12)[:4]
    sizes: dict[bytes, int] = {}
    position = 12
    for _ in range(MAX_CHUNKS):
        file.seek(position)
        header = file.read(8)
        if not _is_header(header):
            return
        id_, size = struct.unpack("<4sI", header)
        if id_ == b"ds64" and form in FORMS_64:
            sizes = _long_sizes(file.read(min(size, MAX_CHUNK_BYTES)))
        if size == _IN_DS64:
            if id_ not in sizes:
                return
            size = sizes[id_]
        if id_ in wanted:
            yield Chunk(id_, file.read(min(size, MAX_CHUNK_BYTES)))
        position += 8 + size
        if size % 2 and not _is_unpadded(file, position):
            position += 1


def sub_chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks inside the content of a LIST chunk, behind its type."""
    position = 4
    for _ in range(MAX_CHUNKS):
        header = data[position : position + 8]
        if not _is_header(header):
            return
        id_, size = struct.unpack("<4sI", header)
        yield Chunk(id_, data[position + 8 : position + 8 + size])
        position += 8 + size + size % 2


def _is_header(header: bytes) -> bool:
    return len(header) == 8 and all(0x20 <= byte < 0x7F for byte in header[:4])


def _is_unpadded(file: GuardedFile, position: int) -> bool:
    """Some writers forget the zero byte that makes a chunk even."""
    file.seek(position)
    header = file.read(8)
    return header[:1] != b"\0" and _is_header(header)


def _long_sizes(ds64: bytes) -> dict[bytes, int]:
    """Sizes above 4 GiB by chunk: of the audio, and of whatever stands in the table."""
    if len(ds64) < 28:
        return {}
    _, data_bytes, _, count = struct.unpack("<QQQI", ds64[:28])
    sizes = {b"data": data_bytes}
    for start in range(28, 28 + 12 * min(count, MAX_CHUNKS), 12):
        entry = ds64[start : start + 12]
        if len(entry) == 12:
            id_, size = struct.unpack("<4sQ", entry)
            sizes[id_] = size
    return sizes
