"""The broadcast extension of WAV: the ``bext`` chunk of EBU Tech 3285, versions 0 to 2."""

import struct
from collections.abc import Iterator

from foundsound.metadata.text import decode_text

# Description, originator, its reference, date, time; time reference; version; UMID; loudness.
_LAYOUT = struct.Struct("<256s32s32s10s8sQH64s5h180x")
_TEXTS = ("description", "originator", "originator_reference", "date", "time")
_LOUDNESS = {  # each in hundredths: LUFS, LU, dBTP, LUFS, LUFS
    "loudness_lufs": 0,
    "loudness_range_lu": 1,
    "max_true_peak_dbtp": 2,
    "max_momentary_lufs": 3,
    "max_short_term_lufs": 4,
}
_UNSET = 0x7FFF


def read_bext(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the fields of a bext chunk that hold something, by their names in the standard.

    A chunk that is cut short gives what is there.
    """
    *texts, time_reference, version, umid, l0, l1, l2, l3, l4 = _LAYOUT.unpack(
        data[: _LAYOUT.size].ljust(_LAYOUT.size, b"\0")
    )
    for name, raw in zip(_TEXTS, texts, strict=True):
        yield name, decode_text(raw)
    if time_reference:
        yield "time_reference", str(time_reference)  # samples since midnight
    if version >= 1 and any(umid):
        extended = any(umid[32:])
        yield "umid", (umid if extended else umid[:32]).hex()
    loudness = (l0, l1, l2, l3, l4)
    if version >= 2 and any(loudness):
        for name, place in _LOUDNESS.items():
            if loudness[place] != _UNSET:
                yield name, f"{loudness[place] / 100:.2f}"
    yield "coding_history", decode_text(data[_LAYOUT.size :])
