import contextlib

import av
import numpy as np
import pyloudnorm
import pytest
from av.filter import Graph

from foundsound.analysis.loudness import LoudnessMeter
from tests.analysis.heard import demo_sound
from tests.signals import RATE, Floats, noise


def loudness(samples: Floats, rate: int, block: int = 50_001) -> float | None:
    meter = LoudnessMeter(rate, samples.shape[1])
    for start in range(0, len(samples), block):
        meter.push(samples[start : start + block])
    return meter.finish()


def sine(lufs: float, seconds: float, rate: int, channels: int = 2) -> Floats:
    """1 kHz that reads so loud in stereo: EBU Tech 3341 gives its peak in dBFS."""
    wave = 10 ** (lufs / 20) * np.sin(2 * np.pi * 1000 * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave.astype(np.float32)[:, None], channels, axis=1)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("lufs", [-23.0, -33.0])
def test_the_reference_tones_of_ebu_tech_3341(lufs: float, rate: int) -> None:
    assert loudness(sine(lufs, 5.0, rate), rate) == pytest.approx(lufs, abs=0.05)


def test_quiet_passages_do_not_count() -> None:
    """Case 3 of EBU Tech 3341, in shorter stretches: the relative gate leaves out -36 LUFS."""
    parts = [sine(level, seconds, 48_000) for level, seconds in ((-36, 5), (-23, 20), (-36, 5))]
    assert loudness(np.concatenate(parts), 48_000) == pytest.approx(-23.0, abs=0.1)


def test_surround_channels_weigh_more_and_the_lfe_nothing() -> None:
    """Case 6 of EBU Tech 3341: 5.0 at different levels is -23 LUFS; ours has an LFE beside."""
    levels = {0: -28.0, 1: -28.0, 2: -24.0, 3: -10.0, 4: -30.0, 5: -30.0}
    samples = np.stack([sine(db, 5.0, 48_000, 1)[:, 0] for db in levels.values()], axis=1)
    assert loudness(samples, 48_000) == pytest.approx(-23.0, abs=0.1)


SOUNDS = (
    "Music/Drums/rock_beat_104bpm.wav",
    "Music/piano_phrase.flac",
    "Weather/rain_heavy_stereo.flac",
    "Weapons/pistol_three_shots.wav",
)


@pytest.mark.parametrize("path", SOUNDS)
def test_it_reads_as_pyloudnorm_and_ffmpeg_do(path: str) -> None:
    sound = demo_sound(path)
    found = loudness(sound, RATE)
    expected = pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(np.float64))
    assert found == pytest.approx(expected, abs=0.1)
    assert found == pytest.approx(by_ffmpeg(sound), abs=0.02)  # which counts in steps of 0.01 LU


def by_ffmpeg(samples: Floats) -> float:
    layout = av.AudioLayout({1: "mono", 2: "stereo"}[samples.shape[1]])
    graph = Graph()
    source = graph.add(
        "abuffer",
        sample_rate=str(RATE),
        sample_fmt="flt",
        channel_layout=layout.name,
        time_base=f"1/{RATE}",
    )
    meter, sink = graph.add("ebur128", "metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    packed = np.ascontiguousarray(samples).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
    frame.sample_rate, frame.pts = RATE, 0
    graph.push(frame)
    graph.push(None)
    told = ""
    with contextlib.suppress(av.EOFError):
        while True:
            told = graph.pull().metadata.get("lavfi.r128.I", told)
    return float(told)


@pytest.mark.parametrize("rate", [11_025, 22_050, 16_001])
def test_rates_of_all_kinds(rate: int) -> None:
    assert loudness(sine(-20.0, 4.0, rate), rate) == pytest.approx(-20.0, abs=0.2)


def test_blocks_leave_no_trace() -> None:
    sound = noise(3.0, 48_000, channels=2)
    reads = [loudness(sound, 48_000, block) for block in (997, 48_000, 144_000)]
    assert reads == pytest.approx([reads[0]] * 3, abs=1e-6)


def test_a_short_sound_is_measured_with_silence_behind_it() -> None:
    whole, half = (loudness(sine(-20.0, seconds, 48_000), 48_000) for seconds in (0.4, 0.2))
    assert whole == pytest.approx(-20.0, abs=0.1)
    assert half == pytest.approx(-23.0, abs=0.2)


def test_a_length_of_any_number_of_samples() -> None:
    tail = sine(-20.0, 2.0, 48_000)[: 2 * 48_000 - 1234]
    assert loudness(tail, 48_000) == pytest.approx(-20.0, abs=0.1)


def test_silence_has_no_loudness() -> None:
    assert loudness(np.zeros((48_000, 2), np.float32), 48_000) is None


@pytest.mark.parametrize("channels", [3, 4, 7, 12, 128])
def test_channels_of_unknown_places_count_once(channels: int) -> None:
    one = sine(-30.0, 2.0, 48_000, 1)
    alone = loudness(one, 48_000)
    assert alone is not None
    together = loudness(np.repeat(one, channels, axis=1), 48_000)
    assert together == pytest.approx(alone + 10 * np.log10(channels), abs=0.1)
