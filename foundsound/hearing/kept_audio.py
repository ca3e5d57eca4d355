"""Audio of examples that came as files: kept, so that another model can hear them."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

import numpy as np
import soundfile as sf

from foundsound.audio.bounds import stretch_bounds
from foundsound.audio.clip_decoder import ClipDecoder
from foundsound.errors import InvalidRequest
from foundsound.hearing.clips import Clip, Stretch
from foundsound.settings import Settings

RATE = 48_000  # Hz, mono: what any model needs and no more
MOST_EXAMPLE_S = 30.0


def encoded(clip: Clip, stretch: Stretch, settings: Settings, decoder: ClipDecoder) -> bytes:
    """The stretch as FLAC, mono, 48 kHz, 24 bit: 2 MB at most.

    Raises:
        InvalidRequest: it is longer than ``MOST_EXAMPLE_S``, or lies beyond the end.
        AudioError, OutOfBounds, FileUnavailable: as of any file.
    """
    kept, length = [], 0
    decoded = decoder.blocks(
        clip.path, RATE, stretch_bounds(settings), stretch.start_s, stretch.end_s
    )
    with closing(decoded) as blocks:
        for block in blocks:
            length += len(block)
            if length > MOST_EXAMPLE_S * RATE:
                raise InvalidRequest(
                    f"An example is at most {MOST_EXAMPLE_S:.0f} s long; name the stretch in "
                    "which the sound is heard."
                )
            kept.append(block)
    if not length:
        raise InvalidRequest(f"The stretch from {stretch.start_s or 0:g} s lies beyond the end.")
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
