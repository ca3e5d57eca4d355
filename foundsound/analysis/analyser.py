"""Listens along while a sound is decoded, in bounded memory, and tells at the end what it heard."""

import numpy as np

from foundsound.analysis.fingerprint import fingerprint
from foundsound.analysis.frames import RATE
from foundsound.analysis.key import PitchProfile
from foundsound.analysis.loudness import BLOCK_S, LoudnessMeter
from foundsound.analysis.onsets import OnsetStrength, onset_frames
from foundsound.analysis.sound_analysis import SILENT, Fingerprint, SoundAnalysis, SoundClass
from foundsound.analysis.sound_class import classify, loop_beats
from foundsound.analysis.spectrum import Spectrum
from foundsound.analysis.tempo import find_tempo
from foundsound.analysis.true_peak import TruePeakMeter
from foundsound.audio.bit_depth import bit_depth
from foundsound.audio.reader import AudioFacts, Floats
from foundsound.audio.resample import MonoResampler

HEARD_S = 600.0  # of a longer sound, rhythm, key, brightness and class are those of its beginning
PIECE_VALUES = 2**15  # frames x channels that are worked on at once: what the parts hold is small
MONO_SAMPLES = RATE  # that are listened to at once: with fewer, numpy's calls cost most
MUSICAL_ONSETS = 4  # with fewer, a pitch is a note, not a key, and a period no beat
SHORT = "Shorter than 400 ms: its loudness is measured with silence behind it."
LONG = "Tempo, key, brightness, onsets and class are those of the first 10 minutes."


class Analyser:
    """Takes the decoded blocks of one sound. About 3 ms of a core a second of stereo.

    Args:
        facts: of the file.
        size: bytes of the file.
    """

    def __init__(self, facts: AudioFacts, size: int) -> None:
        self._facts = facts
        self._size = size
        self._frames = 0
        self._loudness = LoudnessMeter(facts.sample_rate, facts.channels)
        self._peak = TruePeakMeter(facts.sample_rate, facts.channels)
        self._resampler = MonoResampler(facts.sample_rate, RATE)
        self._weights = np.full(facts.channels, 1.0 / facts.channels, np.float32)
        self._mono: list[Floats] = []  # waiting to be listened to
        self._spectrum = Spectrum()
        self._strength = OnsetStrength()
        self._pitches = PitchProfile()

    def push(self, block: Floats) -> None:
        """Feed the next float32 ``[frames, channels]`` block."""
        step = max(1, PIECE_VALUES // self._facts.channels)
        for start in range(0, len(block), step):
            self._push(block[start : start + step])

    def _push(self, block: Floats) -> None:
        self._loudness.push(block)
        self._peak.push(block)
        if self._frames < HEARD_S * self._facts.sample_rate:
            self._mono.append(self._resampler.push(block @ self._weights))
            if sum(map(len, self._mono)) >= MONO_SAMPLES:
                self._hear()
        self._frames += len(block)

    def finish(self) -> tuple[SoundAnalysis, Fingerprint]:
        """What was heard of the whole."""
        duration_s = self._frames / self._facts.sample_rate
        self._mono.append(self._resampler.finish())
        self._hear()
        self._strength.push(self._spectrum.finish())
        levels, bands = self._spectrum.levels, self._spectrum.bands
        strength = self._strength.finish()
        onsets = len(onset_frames(strength))
        tempo = find_tempo(strength) if onsets >= MUSICAL_ONSETS else None
        key = self._pitches.finish()
        class_ = classify(duration_s, levels, strength, onsets, tempo, self._pitches.tonal)
        if class_ in (SoundClass.ONE_SHOT, SoundClass.AMBIENCE):
            tempo = None
        musical = class_ is SoundClass.LOOP or (class_ is None and onsets >= MUSICAL_ONSETS)
        if not musical:
            key = None
        bpm = tempo.bpm if tempo else None
        if tempo and class_ is SoundClass.LOOP:
            beats = loop_beats(duration_s, levels, tempo)
            bpm = 60 * beats / duration_s if beats else bpm  # a loop's length is its exact tempo
        loudness = self._loudness.finish()
        analysis = SoundAnalysis(
            bit_rate=self._bit_rate(duration_s),
            loudness_lufs=loudness,
            true_peak_dbtp=self._peak.finish(),
            bpm=bpm,
            bpm_confidence=tempo.confidence if tempo else None,
            key=key.name if key else None,
            key_confidence=key.confidence if key else None,
            brightness_hz=self._spectrum.brightness_hz,
            onsets=onsets,
            sound_class=class_,
            note=_note(duration_s, loudness),
        )
        return analysis, fingerprint(levels, bands, duration_s)

    def _hear(self) -> None:
        mono = np.concatenate(self._mono)
        self._mono.clear()
        self._strength.push(self._spectrum.push(mono))
        self._pitches.push(mono)

    def _bit_rate(self, duration_s: float) -> int | None:
        depth = bit_depth(self._facts.codec)
        if depth is not None and self._facts.format != "FLAC":
            return depth * self._facts.sample_rate * self._facts.channels
        return round(8 * self._size / duration_s) if duration_s > 0 else None


def _note(duration_s: float, loudness: float | None) -> str | None:
    notes = [SILENT] if loudness is None else [SHORT] if duration_s < BLOCK_S else []
    return " ".join([*notes, LONG] if duration_s > HEARD_S else notes) or None
