"""Audio of examples that came as files: kept, so that another model can hear them."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import soundfile as sf

from foundsound.audio.bounds import file_bounds
from foundsound.errors import InvalidRequest
from foundsound.hearing.clips import Clip, Stretch
from foundsound.settings import Settings

RATE = 48_000  # Hz, mono: what any model needs and no more
MOST_EXAMPLE_S = 30.0


def encoded(clip: Clip, stretch: Stretch, settings: Settings) -> bytes:
    """The stretch as FLAC, mono, 48 kHz, 24 bit: 2 MB at most.

    Raises:
        InvalidRequest: it is longer than ``MOST_EXAMPLE_S``, or lies beyond the end.
        AudioError, OutOfBounds, FileUnavailable: as of any file.
    """
    from foundsound.audio.decode import MonoStream  # a text query needs no decoder

    first = round((stretch.start_s or 0.0) * RATE)
    last = None if stretch.end_s is None else round(stretch.end_s * RATE)
    kept, at, length = [], 0, 0
    with MonoStream(clip.path, RATE, file_bounds(settings)) as stream:
        for block in stream.blocks():
            inside = block[max(first - at, 0) : None if last is None else max(last - at, 0)]
            at += len(block)
            length += len(inside)
            if length > MOST_EXAMPLE_S * RATE:
                raise InvalidRequest(
                    f"An example is at most {MOST_EXAMPLE_S:.0f} s long; name the stretch in "
                    "which the sound is heard."
                )
            kept.append(inside)
            if last is not None and at >= last:
                break
    if not length:
        raise InvalidRequest(f"The stretch from {first / RATE:g} s lies beyond the end.")
    samples = np.concatenate(kept)
    peak = float(np.abs(samples).max())
    flac = io.BytesIO()
    # Fixed point: what is louder than full scale is made quieter, not clipped.
    sf.write(flac, samples / max(1.0, peak), RATE, format="FLAC", subtype="PCM_24")
    return flac.getvalue()


@contextmanager
def on_disk(audio: bytes, name: str) -> Iterator[Clip]:
    """Kept audio as a file, for as long as the body runs: decoders open files by name."""
    with tempfile.NamedTemporaryFile(prefix="foundsound-example-", suffix=".flac") as file:
        file.write(audio)
        file.flush()
        yield Clip(os.fsencode(file.name), name)
