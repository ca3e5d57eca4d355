"""Half precision with float32 behind it: no sound is to blame for the range of a number format."""

import numpy as np

from foundsound.embedding.clap.towers import AudioTower, Mel
from foundsound.embedding.embedder import Floats


class BackedAudioTower:
    """See :class:`~foundsound.embedding.clap.towers.AudioTower`.

    Rows that come out of half precision not finite (float16 ends at 65,504) are computed once more
    by the reference. That costs no memory: the text tower keeps the whole model in float32.

    Args:
        half: agrees with the reference on the fixed sounds.
        reference: the same model in float32, on the same device.
    """

    def __init__(self, half: AudioTower, reference: AudioTower) -> None:
        self.name = half.name
        self._half = half
        self._reference = reference

    def embed(self, mel: Mel) -> Floats:
        """See :class:`~foundsound.embedding.clap.towers.AudioTower`."""
        found = self._half.embed(mel)
        lost = np.flatnonzero(~np.isfinite(found).all(axis=1)).tolist()
        if lost:
            found = found.copy()
            found[lost] = self._reference.embed(mel[lost])
        return found
