"""Stateful mono resampling: block borders leave no trace in the result."""

import numpy as np
import soxr

from foundsound.audio.reader import Floats


class MonoResampler:
    """soxr HQ from one rate to another, in Hz; equal rates pass through untouched."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        self._stream = (
            None
            if source_rate == target_rate
            else soxr.ResampleStream(source_rate, target_rate, 1, dtype="float32", quality="HQ")
        )

    def push(self, block: Floats) -> Floats:
        """Feed float32 ``[samples]``; returns what is ready, maybe nothing."""
        if self._stream is None:
            return block
        return np.asarray(self._stream.resample_chunk(block), dtype=np.float32)

    def finish(self) -> Floats:
        """The rest that the filter still holds."""
        empty = np.zeros(0, np.float32)
        if self._stream is None:
            return empty
        return np.asarray(self._stream.resample_chunk(empty, last=True), dtype=np.float32)
