"""WAV files built byte by byte: bext per EBU Tech 3285, RF64 per EBU Tech 3306."""

import struct
from pathlib import Path

FMT = struct.pack("<HHIIHH", 1, 1, 48_000, 96_000, 2, 16)
IXML = '<?xml version="1.0" encoding="UTF-8"?><BWFXML><IXML_VERSION>3.01</IXML_VERSION>%s</BWFXML>'


def chunk(id_: bytes, data: bytes, size: int | None = None) -> bytes:
    """A chunk; ``size`` is what its header claims where that is a lie."""
    claimed = len(data) if size is None else size
    return id_ + struct.pack("<I", claimed) + data + b"\0" * (len(data) % 2)


def wav(*chunks: bytes, frames: int = 4800, samples: bytes = b"") -> bytes:
    """A WAV file of 16-bit samples, or silence, with these chunks behind the audio."""
    data = chunk(b"data", samples or bytes(2 * frames))
    body = b"WAVE" + chunk(b"fmt ", FMT) + data + b"".join(chunks)
    return chunk(b"RIFF", body)


def rf64(*chunks: bytes, form: bytes = b"RF64", frames: int = 4800) -> bytes:
    """The same with its sizes in ds64."""
    data = bytes(2 * frames)
    ds64 = struct.pack("<QQQI", 0, len(data), frames, 0)
    body = b"WAVE" + chunk(b"ds64", ds64) + chunk(b"fmt ", FMT)
    body += chunk(b"data", data, 0xFFFFFFFF) + b"".join(chunks)
    return form + b"\xff\xff\xff\xff" + body


def bext(
    description: bytes = b"",
    originator: bytes = b"",
    reference: bytes = b"",
    date: bytes = b"",
    time: bytes = b"",
    *,
    time_reference: int = 0,
    version: int = 2,
    umid: bytes = b"",
    loudness: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0),
    history: bytes = b"",
) -> bytes:
    fixed = struct.pack(
        "<256s32s32s10s8sQH64s5h180x",
        *(description, originator, reference, date, time),
        *(time_reference, version, umid, *loudness),
    )
    return chunk(b"bext", fixed + history)


def info(**fields: bytes) -> bytes:
    return chunk(
        b"LIST", b"INFO" + b"".join(chunk(k.encode(), v + b"\0") for k, v in fields.items())
    )


def ixml(inner: str, encoding: str = "utf-8") -> bytes:
    return chunk(b"iXML", (IXML % inner).encode(encoding))


def put(path: Path, content: bytes) -> bytes:
    """Write a file; returns its path as readers take it."""
    path.write_bytes(content)
    return bytes(path)
