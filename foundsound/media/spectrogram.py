"""A sound's picture: power by time and mel frequency, the same height for the same pitch always."""

import io
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from PIL import Image

from foundsound.analysis.frames import FrameStream
from foundsound.audio.reader import Floats

RATE = 44_100  # Hz, whatever the sound's: so that pictures can be compared
FRAME = 2048  # samples
LOWEST, HIGHEST = 40.0, 20_000.0  # Hz
WIDTH, HEIGHT = 1200, 256  # pixels
HOP_MOST, HOP_LEAST = 1024, 64  # samples
RANGE_DB = 80.0  # below the loudest
SILENCE = 1e-10  # power; a sound that is nowhere above it is dark throughout
FRAMES_AT_ONCE = 256
# Colours from quiet to loud; those between are blended.
COLOURS = {
    "dark": ("#0b0e14", "#1d2b53", "#5b2a86", "#c2376b", "#f5844b", "#fde9a9"),
    "light": ("#ffffff", "#dbe7f3", "#9cc3e0", "#4d8fc4", "#27508f", "#141b41"),
}


class Spectrogram:
    """Columns of 256 bands; neighbours are averaged whenever there are too many of them.

    Args:
        blocks: mono float32 at ``RATE``.
        about_s: how long the sound is said to be: short ones are looked at more closely.
    """

    def __init__(self, blocks: Iterable[Floats], about_s: float | None) -> None:
        hop = HOP_MOST if about_s is None else int(about_s * RATE / WIDTH)
        self._frames = FrameStream(FRAME, min(max(hop, HOP_LEAST), HOP_MOST))
        self._window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
        self._columns = np.zeros((2 * WIDTH, HEIGHT), np.float32)
        self._count = 0
        self._each = 1  # frames a column
        self._rest = np.zeros((0, HEIGHT), np.float32)  # frames that fill no column yet
        for block in blocks:
            self._add(self._frames.push(block))
        self._add(self._frames.finish())

    def png(self, theme: str) -> bytes:
        """A picture of 1200 by 256 pixels, low frequencies at the bottom, loudest = last colour."""
        power = self._columns[: max(self._count, 1)].T[::-1]
        loudest = max(float(power.max()), SILENCE)
        above_floor = 10 * np.log10(np.maximum(power, SILENCE * 1e-3) / loudest) + RANGE_DB
        level = Image.fromarray((above_floor / RANGE_DB).clip(0, 1).astype(np.float32) * 255)
        picture = level.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR).convert("L")
        coloured = Image.frombytes("P", picture.size, picture.tobytes())
        coloured.putpalette(_palette(theme))
        file = io.BytesIO()
        coloured.save(file, "PNG")
        return file.getvalue()

    def _add(self, frames: Floats) -> None:
        for start in range(0, len(frames), FRAMES_AT_ONCE):
            cut = np.fft.rfft(frames[start : start + FRAMES_AT_ONCE] * self._window)
            power = (cut.real**2 + cut.imag**2).astype(np.float32) @ _bands()
            self._rest = np.concatenate([self._rest, power * np.float32((2 / FRAME) ** 2)])
            self._fill()

    def _fill(self) -> None:
        while len(self._rest) >= self._each:
            new = min(len(self._rest) // self._each, len(self._columns) - self._count)
            taken = self._rest[: new * self._each].reshape(new, self._each, HEIGHT)
            self._columns[self._count : self._count + new] = taken.mean(axis=1)
            self._count += new
            self._rest = self._rest[new * self._each :]
            if self._count == len(self._columns):
                pairs = self._columns.reshape(WIDTH, 2, HEIGHT)
                self._columns[:WIDTH] = pairs.mean(axis=1)
                self._count, self._each = WIDTH, 2 * self._each


@lru_cache(maxsize=1)
def _bands() -> Floats:
    """Bands on the mel scale, float32 ``[bins, 256]``.

    Low bands are narrower than a bin of the transform: they blend the two nearest.
    """
    edges = np.linspace(_mel(LOWEST), _mel(HIGHEST), HEIGHT + 2)
    hz = 700 * (10 ** (edges / 2595) - 1)
    step = RATE / FRAME
    bins = np.arange(FRAME // 2 + 1)[:, None] * step
    below = np.maximum(hz[1:-1] - hz[:-2], step)
    above = np.maximum(hz[2:] - hz[1:-1], step)
    rising, falling = 1 - (hz[1:-1] - bins) / below, 1 - (bins - hz[1:-1]) / above
    weights = np.maximum(0, np.minimum(rising, falling))
    bands: Floats = (weights / weights.sum(axis=0)).astype(np.float32)
    return bands


def _mel(hz: float) -> float:
    """O'Shaughnessy's scale."""
    return float(2595 * np.log10(1 + hz / 700))


def _palette(theme: str) -> list[int]:
    """256 colours as red, green, blue, red, ..."""
    anchors = np.array([_rgb(colour) for colour in COLOURS[theme]])
    at = np.linspace(0, len(anchors) - 1, 256)
    channels = [np.interp(at, range(len(anchors)), anchors[:, each]) for each in range(3)]
    return [round(float(value)) for value in np.stack(channels, axis=1).ravel()]


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))
