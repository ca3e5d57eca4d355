"""WAV and its 64-bit forms: bext, iXML and INFO, and which of them a FLAC may carry along."""

from collections.abc import Iterable

from foundsound.metadata.bext import read_bext
from foundsound.metadata.fields import Fields
from foundsound.metadata.guarded_file import GuardedFile
from foundsound.metadata.ixml import read_ixml
from foundsound.metadata.riff_chunks import Chunk, riff_chunks, sub_chunks
from foundsound.metadata.text import decode_text

TEXT_CHUNKS = frozenset({b"bext", b"iXML", b"LIST"})
ID3_CHUNKS = frozenset({b"id3 ", b"ID3 "})


def read_wav(file: GuardedFile, fields: Fields) -> bool:
    """Read the text chunks; True when there is an ID3 chunk too, which is left unread."""
    seen: set[bytes] = set()
    with fields.section("WAV file's metadata"):
        for chunk in riff_chunks(file, TEXT_CHUNKS | ID3_CHUNKS):
            if chunk.id == b"LIST" or chunk.id not in seen:  # of the others the first one counts
                read_chunk(chunk, fields)
            seen.add(chunk.id)
    return not seen.isdisjoint(ID3_CHUNKS)


def read_chunk(chunk: Chunk, fields: Fields) -> None:
    """Read one text chunk; another kind is passed over."""
    if chunk.id == b"bext":
        with fields.section("bext chunk"):
            _add(fields, "bext", read_bext(chunk.data))
    elif chunk.id == b"iXML":
        with fields.section("iXML chunk"):
            _add(fields, "ixml", read_ixml(chunk.data))
    elif chunk.id == b"LIST" and chunk.data.startswith(b"INFO"):
        with fields.section("INFO chunk"):
            pairs = ((_name(sub.id), decode_text(sub.data)) for sub in sub_chunks(chunk.data))
            _add(fields, "info", pairs)


def _add(fields: Fields, namespace: str, pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        fields.add(f"{namespace}.{name}", value)


def _name(id_: bytes) -> str:
    return id_.decode("ascii").strip().upper()
