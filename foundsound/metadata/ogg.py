"""The comment packet of an Ogg stream (RFC 3533): always the second one of its stream."""

from collections.abc import Iterator

from foundsound.metadata.fields import Fields
from foundsound.metadata.flac import VORBIS_COMMENT
from foundsound.metadata.guarded_file import GuardedFile
from foundsound.metadata.vorbis_comment import read_comments

MAX_PAGES = 1000
MAX_PACKET_BYTES = 2**24  # a cover picture in base64 fits
_HEADER_BYTES = 27


def read_ogg(file: GuardedFile, fields: Fields) -> None:
    """Read the comments of the first stream: Vorbis, Opus, Speex or FLAC."""
    with fields.section("Ogg file's metadata"):
        packets = _packets(file)
        first, second = next(packets, b""), next(packets, b"")
        comments = _comments(first, second)
        if comments is not None:
            for name, value in read_comments(comments):
                fields.add(f"vorbis.{name}", value)


def _comments(first: bytes, second: bytes) -> bytes | None:
    """The comment block inside the second packet; each codec has another wrapping."""
    if first.startswith(b"\x01vorbis") and second.startswith(b"\x03vorbis"):
        return second[7:]
    if first.startswith(b"OpusHead") and second.startswith(b"OpusTags"):
        return second[8:]
    if first.startswith(b"Speex   "):
        return second
    if first.startswith(b"\x7fFLAC") and second[:1] and second[0] & 0x7F == VORBIS_COMMENT:
        return second[4:]
    return None


def _packets(file: GuardedFile) -> Iterator[bytes]:
    """Yield the packets of the stream whose page comes first."""
    file.seek(0)
    stream: bytes | None = None
    packet = bytearray()
    for _ in range(MAX_PAGES):
        header = file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES or not header.startswith(b"OggS"):
            return
        lengths = file.read(header[26])
        content = file.read(sum(lengths))
        serial = header[14:18]
        stream = serial if stream is None else stream
        if serial != stream:
            continue
        position = 0
        for length in lengths:
            packet += content[position : position + length]
            position += length
            if len(packet) > MAX_PACKET_BYTES:
                return
            if length < 255:  # the last segment of a packet is the first that is not full
                yield bytes(packet)
                packet.clear()
