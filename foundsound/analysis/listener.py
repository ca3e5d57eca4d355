"""An analyser whose failures cost nothing but its own findings."""

import math
from dataclasses import asdict

import numpy as np

from foundsound.analysis.analyser import Analyser
from foundsound.analysis.sound_analysis import Heard, SoundAnalysis, SoundClass
from foundsound.audio.reader import AudioFacts, Floats


class Listener:
    """See :class:`~foundsound.analysis.analyser.Analyser`; what goes wrong becomes a note."""

    def __init__(self, facts: AudioFacts, size: int) -> None:
        self._failure = ""
        self._analyser: Analyser | None = None
        try:
            self._analyser = Analyser(facts, size)
        except Exception as error:
            self._fail(error)

    def push(self, block: Floats) -> None:
        """Feed the next float32 ``[frames, channels]`` block."""
        if self._analyser is None:
            return
        try:
            with np.errstate(all="ignore"):  # samples may be as far out of range as they like
                self._analyser.push(block)
        except Exception as error:
            self._fail(error)

    def finish(self) -> Heard:
        """What was heard, or a note on why nothing was."""
        if self._analyser is not None:
            try:
                with np.errstate(all="ignore"):
                    analysis, fingerprint = self._analyser.finish()
                return Heard(_finite(analysis), fingerprint)
            except Exception as error:
                self._fail(error)
        return Heard(SoundAnalysis(note=self._failure), None)

    def _fail(self, error: Exception) -> None:
        self._analyser = None
        self._failure = f"The sound cannot be analysed ({type(error).__name__}: {error})."


def _finite(analysis: SoundAnalysis) -> SoundAnalysis:
    """Without numbers that are none."""
    values = asdict(analysis)
    for name, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            values[name] = None
    class_ = values.pop("sound_class")
    return SoundAnalysis(**values, sound_class=SoundClass(class_) if class_ else None)
