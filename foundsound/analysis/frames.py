"""Overlapping frames of a stream, whatever blocks it comes in."""

import numpy as np

from foundsound.audio.reader import Floats

RATE = 22_050  # Hz, at which sounds are listened to: what makes rhythm and key lies below 11 kHz


class FrameStream:
    """Cuts mono float32 ``[samples]`` blocks into frames.

    The first frame is centred on the first sample, as in librosa, so that a click of one sample has
    frames too.

    Args:
        size: samples a frame, even.
        hop: samples from one frame to the next.
    """

    def __init__(self, size: int, hop: int) -> None:
        self._size = size
        self._hop = hop
        self._held = np.zeros(size // 2, np.float32)

    def push(self, block: Floats) -> Floats:
        """Feed the next block; returns the frames that are whole, float32 ``[n, size]``."""
        samples = np.concatenate([self._held, block])
        count = max(0, (len(samples) - self._size) // self._hop + 1)
        self._held = samples[count * self._hop :]
        if not count:
            return np.zeros((0, self._size), np.float32)
        return np.lib.stride_tricks.sliding_window_view(samples, self._size)[:: self._hop][:count]

    def finish(self) -> Floats:
        """The frames that reach beyond the end, filled with silence."""
        return self.push(np.zeros(self._size // 2 + self._hop - 1, np.float32))
