"""A long recording with events at known times, heard faster than it sounds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from demo.catalogue import RECIPES
from demo.synth.signals import RATE
from foundsound.audio.reader import Floats
from foundsound.listening.detector import Event

CHOSEN = {
    "thunder": "thunder_",
    "siren": "air_raid",
    "bell": "BELLChrch",
    "telephone": "rotary",
    "helicopter": "AEROHeli",
}
LONGEST_S = 8.0
GAP_S = (10.0, 20.0)
EARLY_S = LATE_S = 3.0  # a window's length: it hears a sound before and after it is all there


@dataclass(frozen=True)
class Truth:
    """An event that is there."""

    label: str
    start_s: float
    end_s: float


def clip(label: str) -> Floats:
    """The first seconds of a demo sound, in mono, at half of full scale."""
    recipe = next(each for each in RECIPES if Path(each.path).name.startswith(CHOSEN[label]))
    sound = np.asarray(recipe.sound(), np.float32)
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    mono = mono[: round(LONGEST_S * RATE)]
    return np.asarray(0.5 * mono / np.abs(mono).max(), np.float32)


def write_recording(path: Path, seconds: float, seed: int) -> list[Truth]:
    """Events over soft brown noise, at least ten seconds apart; returns what is where."""
    chance = random.Random(seed)
    noise = np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32)
    kernel = np.exp(-np.arange(400, dtype=np.float32) / 100)
    sound = np.convolve(noise, kernel / kernel.sum(), "same").astype(np.float32)
    sound *= 0.01 / np.sqrt(np.mean(sound**2))
    clips = {label: clip(label) for label in CHOSEN}
    truths, at = [], chance.uniform(*GAP_S)
    while True:
        label = chance.choice(sorted(clips))
        samples = clips[label]
        if at + len(samples) / RATE + 5 > seconds:
            break
        first = round(at * RATE)
        sound[first : first + len(samples)] += samples * chance.uniform(0.5, 1.0)
        truths.append(Truth(label, at, at + len(samples) / RATE))
        at += len(samples) / RATE + chance.uniform(*GAP_S)
    soundfile.write(path, sound, RATE, subtype="PCM_16")
    return truths


def precision_recall(
    truths: Sequence[Truth], events: Sequence[Event], names: Sequence[str]
) -> tuple[float, float]:
    """Of ended events those that overlap one that is there, and of those that are there."""
    found = [(names[each.target], each) for each in events if each.kind == "end"]

    def match(truth: Truth, name: str, event: Event) -> bool:
        early, late = truth.start_s - EARLY_S, truth.end_s + LATE_S
        return truth.label == name and event.start_s < late and event.end_s > early

    right = sum(any(match(truth, name, event) for truth in truths) for name, event in found)
    heard = sum(any(match(truth, name, event) for name, event in found) for truth in truths)
    return right / max(len(found), 1), heard / max(len(truths), 1)
