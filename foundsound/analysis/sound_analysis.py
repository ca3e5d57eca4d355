"""What is measured of a sound, and what is heard in it."""

from dataclasses import dataclass
from enum import StrEnum

ANALYSIS_VERSION = 1  # raise it when analysis gets better: every sound is then analysed again
SILENT = "Silent: nothing is louder than -70 LUFS."  # the note of such a sound begins so


class SoundClass(StrEnum):
    """What a sound is used as; a sound that fits none of these for certain has no class."""

    ONE_SHOT = "one-shot"  # one event, or a few in a row, that dies away
    LOOP = "loop"  # repeats on a beat, and its end runs on into its start
    AMBIENCE = "ambience"  # goes on evenly


@dataclass(frozen=True)
class SoundAnalysis:
    """Facts and estimates; None is what the sound does not have, and ``note`` may say why."""

    bit_rate: int | None = None  # bits/s: of PCM exact, else the file's size by its duration
    loudness_lufs: float | None = None  # integrated, ITU-R BS.1770-4
    true_peak_dbtp: float | None = None  # ITU-R BS.1770-4, annex 2
    bpm: float | None = None  # beats a minute
    bpm_confidence: float | None = None  # 0 to 1
    key: str | None = None  # "C", "F#", "Am": sharps only, "m" for minor
    key_confidence: float | None = None  # 0 to 1
    brightness_hz: float | None = None  # spectral centroid, frames weighted by their energy
    onsets: int | None = None
    sound_class: SoundClass | None = None
    note: str | None = None  # what could not be told, in a sentence


@dataclass(frozen=True)
class Fingerprint:
    """By what near-duplicates know each other; see :mod:`foundsound.analysis.fingerprint`."""

    audible_s: float  # from the first to the last audible moment
    data: bytes  # empty for silence


@dataclass(frozen=True)
class Heard:
    """All that listening to a sound gave."""

    analysis: SoundAnalysis
    fingerprint: Fingerprint | None  # None when the sound could not be analysed
