"""FLAC's metadata blocks (RFC 9639 section 8): comments, and WAV chunks carried along."""

from collections.abc import Iterator

from foundsound.metadata.fields import Fields
from foundsound.metadata.guarded_file import GuardedFile
from foundsound.metadata.riff_chunks import MAX_CHUNK_BYTES, Chunk
from foundsound.metadata.vorbis_comment import read_comments
from foundsound.metadata.wav import read_chunk

MAX_BLOCKS = 256
APPLICATION, VORBIS_COMMENT = 2, 4
FOREIGN_RIFF = b"riff"  # the application id under which `flac --keep-foreign-metadata` stores one


def read_flac(file: GuardedFile, fields: Fields) -> None:
    """Read the comments and foreign WAV chunks."""
    with fields.section("FLAC file's metadata"):
        for kind, data in _blocks(file):
            if kind == VORBIS_COMMENT:
                for name, value in read_comments(data):
                    fields.add(f"vorbis.{name}", value)
            elif data.startswith(FOREIGN_RIFF):
                read_chunk(Chunk(data[4:8], data[12 : 12 + MAX_CHUNK_BYTES]), fields)


def _blocks(file: GuardedFile) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of the blocks that may hold text."""
    position = 4
    for _ in range(MAX_BLOCKS):
        file.seek(position)
        header = file.read(4)
        if len(header) < 4:
            return
        kind, size = header[0] & 0x7F, int.from_bytes(header[1:], "big")
        if kind in {APPLICATION, VORBIS_COMMENT}:
            yield kind, file.read(size)
        if header[0] & 0x80:  # the last one
            return
        position += 4 + size
