"""Short files of noise, to be indexed beside other work."""

from pathlib import Path

import numpy as np
import soundfile
from rich.progress import Progress

from benchmarks.signals import stretch

RATE = 48_000
SECONDS = 3.0


def write_short_sounds(folder: Path, count: int, bar: Progress) -> None:
    """Write ``count`` different mono WAV files of 3 s."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(9)
    for number in bar.track(range(count), description="Writing short sounds"):
        soundfile.write(folder / f"short {number:04}.wav", stretch(rng, SECONDS, RATE, 1), RATE)
