import pytest

from foundsound.audio.formats import is_audio_name, media_type


@pytest.mark.parametrize("name", ["a.wav", "A.WAV", "take.1.Flac", "x.opus", "film.mp4", "é.caf"])
def test_audio_names(name: str) -> None:
    assert is_audio_name(name)


@pytest.mark.parametrize("name", ["wav", ".wav", "a.wav.part", "notes.txt", "a.", "wav.", ""])
def test_other_names(name: str) -> None:
    assert not is_audio_name(name)


def test_media_types() -> None:
    assert media_type("A.WAV") == "audio/wav"
    assert media_type("a.mp3") == "audio/mpeg"
    assert media_type("unknown") == "application/octet-stream"
