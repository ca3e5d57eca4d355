"""From strengths, one a hop, to events: when something begins, and when it is over.

An event begins when the strength reaches ``on`` and stays above ``off`` for ``least_s``; it is over
when the strength has been below ``off`` for ``hold_s``. Between the two thresholds nothing changes
(hysteresis), short dips are bridged and short peaks passed over (debouncing).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from foundsound.embedding.embedder import Floats

OFF = 0.7  # of ``on``


@dataclass(frozen=True)
class Rules:
    """When there is an event.

    Args:
        hop_s: between two strengths.
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
    last: float = 0.0  # when it was above ``off`` last
    peak: float = float("-inf")
    told: bool = False


@dataclass
class Detector:
    """Watches several targets.

    Args:
        on: strength of each from which an event may begin.
    """

    rules: Rules
    on: Sequence[float]
    _states: list[_State] = field(init=False)

    def __post_init__(self) -> None:
        self._states = [_State() for _ in self.on]

    def push(self, window_start_s: float, window_end_s: float, strengths: Floats) -> list[Event]:
        """Events that the strengths of the newest window bring, float32 ``[targets]``."""
        events = []
        # What is new in a window is its last hop; what it still has of a sound may be its first.
        newest, oldest = window_end_s - self.rules.hop_s, window_start_s + self.rules.hop_s
        for at, (state, on) in enumerate(zip(self._states, self.on, strict=True)):
            strength = float(strengths[at])
            if strength >= on and state.since is None:
                state.since, state.peak, state.told = max(newest, 0.0), strength, False
                state.last = window_end_s
            if state.since is None:
                continue
            if np.isfinite(strength) and strength >= OFF * on:
                state.last, state.peak = window_end_s, max(state.peak, strength)
            elif not state.told or window_end_s - state.last >= self.rules.hold_s:
                if state.told:
                    events.append(self._event("end", at, max(oldest, state.since)))
                self._states[at] = _State()
                continue
            if not state.told and state.last - state.since >= self.rules.least_s:
                state.told = True
                events.append(self._event("start", at, window_end_s))
        return events

    def finish(self) -> list[Event]:
        """Ends of all events that go on: the sound has broken off."""
        going = [at for at, state in enumerate(self._states) if state.told]
        events = [self._event("end", at, self._states[at].last) for at in going]
        self._states = [_State() for _ in self.on]
        return events

    def _event(self, kind: Literal["start", "end"], at: int, end_s: float) -> Event:
        state = self._states[at]
        assert state.since is not None
        return Event(kind, at, state.since, min(max(end_s, state.since), state.last), state.peak)
