"""Plain signal statistics of a window: what the two networks do not say about level and shape."""

import numpy as np

from foundsound.embedding.embedder import Floats

MEL_BANDS = 64
DIM = 7 + 3 * MEL_BANDS
SILENCE = 1e-12  # power, -120 dBFS


def statistics(samples: Floats, sample_rate: int, mel: Floats) -> Floats:
    """Float32 ``[199]`` for a mono window and its YAMNet log-mel frames ``[frames, 64]``.

    In order: log seconds, log level, log peak, log crest factor, spread of the envelope, position
    of its maximum (0 to 1), logarithm of the share of energy above 8 kHz, where YAMNet is deaf;
    then, for each band, mean, deviation, and deviation of the change from frame to frame.
    """
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)) + SILENCE))
    peak = float(np.abs(samples).max()) + 1e-9
    envelope = np.log(np.exp(mel).sum(axis=1))
    change = np.diff(mel, axis=0) if len(mel) > 1 else np.zeros_like(mel)
    scalars = [
        np.log(len(samples) / sample_rate + 0.05),
        np.log(level),
        np.log(peak),
        np.log(peak / level),
        envelope.std(),
        np.argmax(envelope) / len(mel),
        np.log(_share_above(8000.0, samples, sample_rate) + 1e-6),
    ]
    bands = [mel.mean(axis=0), mel.std(axis=0), change.std(axis=0)]
    return np.concatenate([np.array(scalars), *bands]).astype(np.float32)


def _share_above(hz: float, samples: Floats, sample_rate: int) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    total = float(power.sum())
    first = int(np.ceil(hz * len(samples) / sample_rate))
    return float(power[first:].sum()) / total if total > SILENCE else 0.0
