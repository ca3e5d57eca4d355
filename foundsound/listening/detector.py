"""From strengths to events: when something begins, and when it is over.

Two kinds of windows tell: a whole one each hop, and between them short ones of the newest sound
alone, which are sooner but less sure and so have to be stronger (``QUICK``). An event begins when a
strength reaches its threshold and stays above ``OFF`` of it for ``least_s``; it is over when both
kinds have been below for ``hold_s``. Between the two thresholds nothing changes (hysteresis), short
dips are bridged and short peaks passed over (debouncing). Thresholds rise with the background of
the source, see ``background.py``.

Chosen on 20 minutes like those of ``make listening``, by another seed: with whole windows alone
0.82 of the events told were right without the background, all with it, and all were told either
way. Short windows that need not be stronger told bells in a siren.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from foundsound.embedding.embedder import Floats
from foundsound.listening.background import Background

OFF = 0.7  # of the threshold
QUICK = 1.4  # of the threshold, but at most ``QUICK_WAY`` from it to a perfect match
QUICK_WAY = 0.4


@dataclass(frozen=True)
class Rules:
    """When there is an event.

    Args:
        hop_s: between two whole windows.
        least_s: the shortest event.
        hold_s: of quiet after which an event is over.
    """

    hop_s: float
    least_s: float
    hold_s: float


@dataclass(frozen=True)
class Event:
    """Something that began, or is over."""

    kind: Literal["start", "end"]
    target: int
    start_s: float
    end_s: float  # so far
    strength: float  # the highest so far


@dataclass
class _State:
    since: float | None = None  # when it rose; None: it is quiet
    last: float = 0.0  # when a window was above ``OFF`` last
    end: float = 0.0  # until when it is surely there
    peak: float = float("-inf")
    told: bool = False
    sure: bool = False  # the background was known when it rose


@dataclass
class _Kind:
    """One kind of windows."""

    on: Floats
    background: Background


@dataclass
class Detector:
    """Watches several targets.

    Args:
        on: strength of each from which an event may begin, above no background.
        reach: strength of a perfect match with each.
    """

    rules: Rules
    on: Sequence[float]
    reach: Sequence[float]
    _states: list[_State] = field(init=False)
    _whole: _Kind = field(init=False)
    _short: _Kind = field(init=False)

    def __post_init__(self) -> None:
        self._states = [_State() for _ in self.on]
        on, reach = np.asarray(self.on, np.float32), np.asarray(self.reach, np.float32)
        quick = np.minimum(QUICK * on, on + QUICK_WAY * (reach - on))
        self._whole = _Kind(on, Background(self.reach))
        self._short = _Kind(quick, Background(self.reach))

    @property
    def thresholds(self) -> Floats:
        """Strength of each target from which a whole window counts now, ``[targets]``."""
        return self._whole.background.raised(self._whole.on)

    def push(self, start_s: float, end_s: float, strengths: Floats) -> list[Event]:
        """Events that the newest whole window brings, strengths float32 ``[targets]``."""
        # What is new in a window is its last hop; what it still has of a sound may be its first.
        hop_s = self.rules.hop_s
        return self._push(self._whole, end_s - hop_s, end_s, start_s + hop_s, strengths)

    def look(self, since_s: float, end_s: float, strengths: Floats) -> list[Event]:
        """Events that the newest short window brings; ``since_s``: what is new in it."""
        return self._push(self._short, since_s, end_s, end_s, strengths)

    def finish(self) -> list[Event]:
        """Ends of all events that go on: the sound has broken off."""
        going = [at for at, state in enumerate(self._states) if state.told]
        events = [self._event("end", at, self._states[at].last) for at in going]
        self._states = [_State() for _ in self.on]
        return events

    def _push(
        self, kind: _Kind, since_s: float, end_s: float, surely_s: float, strengths: Floats
    ) -> list[Event]:
        events = []
        thresholds = kind.background.raised(kind.on)
        limits = kind.background.raised(OFF * kind.on)
        known = kind.background.known
        for at, state in enumerate(self._states):
            strength = float(strengths[at])
            if strength >= thresholds[at] and state.since is None:
                state.since, state.end = max(since_s, 0.0), end_s
                state.sure = bool(known[at])
            if state.since is None:
                continue
            if np.isfinite(strength) and strength >= limits[at]:
                state.last, state.end = end_s, max(state.end, surely_s)
                state.peak = max(state.peak, strength)
            elif end_s - state.last >= (self.rules.hold_s if state.told else self.rules.hop_s):
                if state.told:
                    events.append(self._event("end", at, state.end))
                self._states[at] = _State()
                continue
            if not state.told and state.last - state.since >= self.rules.least_s:
                state.told = True
                events.append(self._event("start", at, end_s))
        quiet = np.array([each.since is None or not each.sure for each in self._states])
        kind.background.push(strengths, quiet)
        return events

    def _event(self, kind: Literal["start", "end"], at: int, end_s: float) -> Event:
        state = self._states[at]
        assert state.since is not None
        return Event(kind, at, state.since, min(max(end_s, state.since), state.last), state.peak)
