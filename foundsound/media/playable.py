"""Which files every browser plays as they are."""

from pathlib import Path

MIN_RATE, MAX_RATE = 8_000, 48_000  # Hz
MOST_CHANNELS = 2
# As libsndfile and FFmpeg name format and coding.
MEDIA_TYPES = {
    ("WAV", "PCM_16"): "audio/wav",
    ("WAV", "PCM_U8"): "audio/wav",
    ("WAVEX", "PCM_16"): "audio/wav",
    ("FLAC", "PCM_16"): "audio/flac",
    ("OGG", "VORBIS"): "audio/ogg",
    ("OGG", "OPUS"): "audio/ogg",
    ("MP3", "MPEG_LAYER_III"): "audio/mpeg",
}
RENDITION_TYPES = {b"RIFF": "audio/wav", b"\x1aE\xdf\xa3": "audio/webm"}  # by how a file begins
AAC_NAMES = (".m4a", ".m4b")  # a film is not sent for its sound


def playable_type(
    name: str, format: str, codec: str, sample_rate: int, channels: int
) -> str | None:
    """The media type of a file that every browser plays; None where it needs a rendition."""
    if not MIN_RATE <= sample_rate <= MAX_RATE or channels > MOST_CHANNELS:
        return None
    if (format, codec) == ("MOV", "AAC") and Path(name).suffix.lower() in AAC_NAMES:
        return "audio/mp4"
    return MEDIA_TYPES.get((format, codec))


def rendition_type(path: Path) -> str:
    """The media type of a rendition."""
    with open(path, "rb") as file:
        return RENDITION_TYPES[file.read(4)]
