"""Every format that is promised, decoded for real and compared with what was written."""

import os
from pathlib import Path

import av
import numpy as np
import pytest

from foundsound.audio.bounds import Bounds
from foundsound.audio.decode import MonoStream, mixed
from foundsound.errors import AudioError, FileUnavailable, OutOfBounds
from tests.signals import RATE, Floats, noise, tone, write, write_with_ffmpeg

BOUNDS = Bounds(file_bytes=2**40, duration_s=3600, channels=128, decode_s=60)


def decode(path: Path, rate: int = RATE, bounds: Bounds = BOUNDS) -> Floats:
    with MonoStream(os.fsencode(path), rate, bounds) as stream:
        return np.concatenate(list(stream.blocks()))


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("u8.wav", {"subtype": "PCM_U8"}, 1e-2),
        ("s16.wav", {"subtype": "PCM_16"}, 1e-4),
        ("s24.wav", {"subtype": "PCM_24"}, 1e-6),
        ("s32.wav", {"subtype": "PCM_32"}, 1e-6),
        ("f32.wav", {"subtype": "FLOAT"}, 1e-7),
        ("f64.wav", {"subtype": "DOUBLE"}, 1e-7),
        ("wavex.wav", {"format": "WAVEX", "subtype": "PCM_24"}, 1e-6),
        ("large.rf64", {"format": "RF64", "subtype": "PCM_24"}, 1e-6),
        ("upper.WAV", {"format": "WAV", "subtype": "PCM_16"}, 1e-4),
        ("s24.aiff", {"subtype": "PCM_24"}, 1e-6),
        ("s16.flac", {"subtype": "PCM_16"}, 1e-4),
        ("s24.flac", {"subtype": "PCM_24"}, 1e-6),
        ("alac.caf", {"subtype": "ALAC_16"}, 1e-4),
    ],
)
def test_lossless_formats_come_back_exactly(
    tmp_path: Path, name: str, options: dict[str, str], tolerance: float
) -> None:
    stereo = noise(0.7, channels=2)
    decoded = decode(
        write(tmp_path / name, stereo, subtype=options.get("subtype"), format=options.get("format"))
    )
    np.testing.assert_allclose(decoded, stereo.mean(axis=1), atol=tolerance)


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.ogg", {}), ("a.mp3", {}), ("a.opus", {"format": "OGG", "subtype": "OPUS"})],
)
def test_lossy_formats_of_libsndfile(tmp_path: Path, name: str, options: dict[str, str]) -> None:
    path = write(
        tmp_path / name,
        tone(1.0, rate=48_000),
        48_000,
        subtype=options.get("subtype"),
        format=options.get("format"),
    )
    assert_tone(decode(path, 48_000), 48_000)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.m4a", "aac"),
        ("a.aac", "aac"),
        ("a.wma", "wmav2"),
        ("a.ac3", "ac3"),
        ("a.caf", "alac"),
        ("a.mp4", "aac"),
        ("a.mov", "pcm_s24le"),
        ("a.mkv", "flac"),
        ("a.webm", "libopus"),
    ],
)
def test_formats_of_ffmpeg(tmp_path: Path, name: str, codec: str) -> None:
    path = write_with_ffmpeg(tmp_path / name, tone(1.0, rate=48_000), codec, 48_000)
    assert_tone(decode(path, 48_000), 48_000)


def assert_tone(decoded: Floats, rate: int) -> None:
    assert len(decoded) == pytest.approx(rate, rel=0.06)  # encoders pad to whole frames
    spectrum = np.abs(np.fft.rfft(decoded[:rate] * np.hanning(min(rate, len(decoded)))))
    peak_hz = spectrum.argmax() * rate / min(rate, len(decoded))
    assert peak_hz == pytest.approx(440, abs=2)


@pytest.mark.parametrize("rate", [8_000, 22_050, 96_000, 384_000])
def test_any_rate_becomes_the_models(tmp_path: Path, rate: int) -> None:
    decoded = decode(write(tmp_path / "a.wav", tone(1.0, rate=rate), rate), 16_000)
    assert_tone(decoded, 16_000)


def test_32_channels_are_averaged(tmp_path: Path) -> None:
    channels = noise(0.5, channels=32)
    decoded = decode(write(tmp_path / "a.wav", channels, subtype="FLOAT"))
    np.testing.assert_allclose(decoded, channels.mean(axis=1), atol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_channels_are_mixed_alike_however_many_frames_come_together(channels: int) -> None:
    block = noise(0.05, channels=channels)[:1999]
    weights = np.full(channels, 1.0 / channels, np.float32)
    whole = mixed(block, weights)
    for size in (1, 7, 64, 1000):
        pieces = [mixed(block[at : at + size], weights) for at in range(0, len(block), size)]
        assert np.array_equal(np.concatenate(pieces), whole)


def test_facts_are_the_files_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", noise(1.0, 96_000, 2), 96_000, subtype="PCM_24")
    with MonoStream(os.fsencode(path), 16_000, BOUNDS) as stream:
        facts = stream.facts
        blocks = list(stream.blocks())
    assert (facts.format, facts.codec, facts.sample_rate, facts.channels) == (
        "WAV",
        "PCM_24",
        96_000,
        2,
    )
    assert stream.duration_s == 1.0
    assert sum(map(len, blocks)) == 16_000


def test_bounds_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", noise(2.0, channels=4))
    for bounds, word in (
        (Bounds(1000, 3600, 128, 60), "limit"),
        (Bounds(2**40, 1.0, 128, 60), "longer"),
        (Bounds(2**40, 3600, 2, 60), "channels"),
        (Bounds(2**40, 3600, 128, -1), "longer"),
    ):
        with pytest.raises(OutOfBounds, match=word):
            decode(path, bounds=bounds)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_what_is_hardly_too_long_is_refused_before_it_is_decoded(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, noise(2.0))
    with pytest.raises(OutOfBounds, match="longer"):
        MonoStream(os.fsencode(path), RATE, Bounds(2**40, 1.99, 128, 60))
    with MonoStream(os.fsencode(path), RATE, Bounds(2**40, 2.0, 128, 60)) as stream:
        assert stream.facts.declared_s == 2.0


def test_a_missing_file_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(FileUnavailable, match="No such file"):
        decode(tmp_path / "gone.wav")


def test_a_playlist_cannot_name_another_file(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.wav", tone(1.0))
    for name, text in (
        ("list.m4a", f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n"),
        ("list.mp4", f"ffconcat version 1.0\nfile '{secret}'\n"),
    ):
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(AudioError, match="not audio"):
            decode(path)


def test_a_film_without_sound_says_so(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width = stream.height = 32
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    with pytest.raises(AudioError, match="no audio stream"):
        decode(path)


def test_sound_that_ends_before_the_pictures_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=10)
        sound = container.add_stream("pcm_s16le", rate=16_000, layout="mono")
        assert isinstance(pictures, av.VideoStream)
        assert isinstance(sound, av.AudioStream)
        pictures.width = pictures.height = 32
        black = np.zeros((32, 32, 3), np.uint8)
        for _ in range(60):
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(black, "rgb24")))
        samples = (tone(3.0, rate=16_000).T * 32_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, "s16", "mono")
        frame.sample_rate = 16_000
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
        container.mux(pictures.encode(None))
    assert len(decode(path, 16_000)) == 3 * 16_000


def test_aac_of_uneven_bit_rate_is_not_taken_for_cut_short(tmp_path: Path) -> None:
    quiet_then_loud = np.concatenate([np.zeros((RATE * 10, 1), np.float32), noise(10.0)])
    path = write_with_ffmpeg(tmp_path / "a.aac", quiet_then_loud, "aac")
    assert len(decode(path)) == pytest.approx(20 * RATE, rel=0.02)


def test_a_name_does_not_decide_what_the_content_is(tmp_path: Path) -> None:
    path = tmp_path / "clip.raw"
    path.write_bytes(b"just words")
    with pytest.raises(AudioError, match="not audio"):
        decode(path)
