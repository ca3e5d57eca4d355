"""A copy of a sound that every browser plays: at most stereo, at most 48 kHz, WAV or Opus.

Up to half an hour it is WAV of 16 bit, made at hundreds of times real time, which loops without a
gap. Longer ones are Opus, a tenth as large, made at some 100 times real time.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile as sf
import soxr

from foundsound.audio.reader import AudioFacts, Floats
from foundsound.media import opus_file
from foundsound.media.playable import MAX_RATE, MIN_RATE, MOST_CHANNELS

WAV_S = 1800.0
SIDE = 0.7071  # ITU-R BS.775: centre and surrounds 3 dB below left and right
# Left and right from L R C LFE Ls Rs (Lb Rb), the order of WAV.
SURROUND = {
    6: ((1, 0, SIDE, 0, SIDE, 0), (0, 1, SIDE, 0, 0, SIDE)),
    8: ((1, 0, SIDE, 0, SIDE, 0, SIDE, 0), (0, 1, SIDE, 0, 0, SIDE, 0, SIDE)),
}


class _File(Protocol):
    def write(self, block: Floats) -> object: ...

    def close(self) -> None: ...


class Rendition:
    """Writes a sound as it is decoded."""

    def __init__(self, path: Path, facts: AudioFacts) -> None:
        self._mix = _mix(facts.channels)
        self._channels = min(facts.channels, MOST_CHANNELS)
        # A header that tells no length may be that of a day.
        long = facts.declared_s is None or facts.declared_s > WAV_S
        fits = MIN_RATE <= facts.sample_rate <= MAX_RATE
        rate = opus_file.RATE if long else facts.sample_rate if fits else MAX_RATE
        self._resampler = None
        if rate != facts.sample_rate:
            self._resampler = soxr.ResampleStream(
                facts.sample_rate, rate, self._channels, dtype="float32"
            )
        self._file: _File
        if long:
            self._file = opus_file.OpusFile(path, self._channels)
        else:
            self._file = sf.SoundFile(path, "w", rate, self._channels, "PCM_16", format="WAV")

    def push(self, block: Floats) -> None:
        """Add float32 ``[frames, channels]`` as decoded; what is too loud is clipped."""
        mixed = block if self._mix is None else block @ self._mix
        if self._resampler is not None:
            mixed = self._resampler.resample_chunk(mixed)
        self._file.write(mixed)

    def finish(self) -> None:
        """Add what the resampler still holds, and finish the file."""
        if self._resampler is not None:
            nothing = np.zeros((0, self._channels), np.float32)
            self._file.write(self._resampler.resample_chunk(nothing, last=True))
        self._file.close()


def _mix(channels: int) -> Floats | None:
    """float32 ``[channels, 2]``; None where nothing is mixed.

    5.1 and 7.1 are mixed down so that nothing clips which did not before. Any other number of
    channels (a recorder's tracks, ambisonics) is heard on both sides at once.
    """
    if channels <= MOST_CHANNELS:
        return None
    sides = SURROUND.get(channels, ((1,) * channels,) * 2)
    mix: Floats = np.array(sides, np.float32).T
    mix /= mix.sum(axis=0)
    return mix
