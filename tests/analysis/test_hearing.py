"""Onsets, tempo, key, brightness and class, on sounds of which they are known."""

import librosa
import numpy as np
import pytest
import soxr

from demo.synth import music
from foundsound.analysis.frames import RATE as HEARD_RATE
from foundsound.analysis.sound_analysis import SoundClass
from tests.analysis.heard import demo_sound, hear
from tests.signals import RATE, Floats, noise, tone


def clicks(bpm: float, beats: int) -> Floats:
    """A loop of clicks, its length a whole number of beats."""
    frames = round(beats * 60 / bpm * RATE)
    out = np.zeros((frames, 1), np.float32)
    burst = noise(0.03, seed=3) * np.exp(-np.arange(round(0.03 * RATE)) / 200)[:, None]
    for beat in range(beats):
        start = round(beat * 60 / bpm * RATE)
        out[start : start + len(burst)] += burst[: frames - start] * (1.0 if beat % 4 else 2.0)
    return out


def scale(pitches: list[float]) -> Floats:
    """A melody of plucked strings, half a second each."""
    rng = np.random.default_rng(1)
    notes = [music.plucked(rng, pitch, 0.5) for pitch in pitches]
    return np.concatenate(notes).astype(np.float32)[:, None]


@pytest.mark.parametrize(
    ("path", "onsets"),
    [
        ("Footsteps/snow_crunch_walk.wav", 15),
        ("Household/Doors/knock_on_wooden_door.wav", 6),
        ("Machines/clock_ticking_mantel.wav", 16),
        ("Music/Drums/rock_beat_104bpm.wav", 16),
        ("Weapons/pistol_three_shots.wav", 3),
        ("Weather/rain_heavy_stereo.flac", 1),
    ],
)
def test_onsets_are_where_something_begins(path: str, onsets: int) -> None:
    assert hear(demo_sound(path)).analysis.onsets == onsets


@pytest.mark.parametrize("bpm", [70.0, 92.5, 120.0, 137.0, 174.0])
def test_the_tempo_of_a_loop_is_exact(bpm: float) -> None:
    heard = hear(clicks(bpm, 16)).analysis
    assert heard.sound_class is SoundClass.LOOP
    assert heard.bpm is not None
    # Half and double are the same beat, counted otherwise.
    assert min(abs(heard.bpm * octave - bpm) for octave in (0.5, 1, 2)) < 0.02
    assert heard.bpm_confidence is not None
    assert heard.bpm_confidence > 0.6


def test_the_tempo_agrees_with_librosa() -> None:
    sound = demo_sound("Music/Drums/rock_beat_104bpm.wav")
    mono = soxr.resample(sound.mean(axis=1), RATE, HEARD_RATE)
    heard = hear(sound).analysis
    assert heard.bpm == pytest.approx(104, abs=0.5)
    assert heard.bpm == pytest.approx(librosa.feature.tempo(y=mono, sr=HEARD_RATE)[0], rel=0.03)


def test_brightness_agrees_with_librosa() -> None:
    for path in ("Fire/campfire_crackling.flac", "Bells/singing_bowl_long.flac"):
        sound = demo_sound(path)
        mono = soxr.resample(sound.mean(axis=1), RATE, HEARD_RATE)
        power = np.abs(librosa.stft(mono)) ** 2
        expected = (power * librosa.fft_frequencies(sr=HEARD_RATE)[:, None]).sum() / power.sum()
        assert hear(sound).analysis.brightness_hz == pytest.approx(expected, rel=0.02)
    assert hear(tone(1.0, 1000.0)).analysis.brightness_hz == pytest.approx(1000, rel=0.01)


C_MAJOR = [261.6, 293.7, 329.6, 349.2, 392.0, 440.0, 493.9, 523.3]
A_MINOR = [440.0, 493.9, 523.3, 587.3, 659.3, 698.5, 830.6, 880.0]


@pytest.mark.parametrize(
    ("pitches", "key"),
    [
        ([*C_MAJOR, 392.0, 329.6, 261.6], "C"),
        ([pitch * 2 ** (6 / 12) for pitch in [*C_MAJOR, 392.0, 329.6, 261.6]], "F#"),
        ([*A_MINOR, 659.3, 523.3, 440.0], "Am"),
        ([pitch * 2 ** (0.4 / 12) for pitch in [*C_MAJOR, 392.0, 329.6, 261.6]], "C"),  # tuned up
    ],
)
def test_the_key_of_a_scale(pitches: list[float], key: str) -> None:
    heard = hear(scale(pitches)).analysis
    assert heard.key == key
    assert heard.key_confidence is not None
    assert heard.key_confidence >= 0.6


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Weather/rain_heavy_stereo.flac", SoundClass.AMBIENCE),
        ("Weather/wind_blizzard_stereo.flac", SoundClass.AMBIENCE),
        ("Water/stream_small_brook.wav", SoundClass.AMBIENCE),
        ("Household/Doors/DOORSlam_Front door slam_FSND_04.wav", SoundClass.ONE_SHOT),
        ("Water/splash_big.wav", SoundClass.ONE_SHOT),
        ("Weather/thunder_close_crack.wav", SoundClass.ONE_SHOT),
        ("Footsteps/gravel_path_walk.wav", None),
        ("Music/guitar_two_chords.flac", None),
    ],
)
def test_classes(path: str, expected: SoundClass | None) -> None:
    heard = hear(demo_sound(path)).analysis
    assert heard.sound_class is expected
    if expected is not None:
        assert (heard.bpm, heard.key) == (None, None)  # those are for loops and music


def test_noise_and_tones_have_neither_tempo_nor_key() -> None:
    for sound in (noise(8.0), tone(8.0)):
        heard = hear(sound).analysis
        assert (heard.bpm, heard.key, heard.onsets) == (None, None, 1)


def test_it_is_the_same_every_time_and_in_blocks_of_any_size() -> None:
    sound = demo_sound("Music/piano_phrase.flac")
    first = hear(sound)
    assert hear(sound) == first
    other = hear(sound, block=4_001)
    assert other.analysis.key == first.analysis.key
    assert other.analysis.onsets == first.analysis.onsets
    assert other.analysis.bpm == pytest.approx(first.analysis.bpm, rel=1e-4)
