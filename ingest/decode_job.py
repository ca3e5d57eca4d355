"""What every file of a run has in common for the children that decode."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class DecodeJob:
    """Passed to a decoding child when it starts; plain values, so that reading it imports nothing.

    The last four are :class:`~foundsound.audio.bounds.Bounds`.
    """

    sample_rate: int  # Hz, of the windows
    window_s: float
    alive_s: float  # the longest a working child is silent
    memory_bytes: int  # a child that takes more is ended
    file_bytes: int
    duration_s: float
    channels: int
    decode_s: float

    def to_json(self) -> str:
        """One line of text, for a command line."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "DecodeJob":
        """What :meth:`to_json` made."""
        return DecodeJob(**json.loads(text))
