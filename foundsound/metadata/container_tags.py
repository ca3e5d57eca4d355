"""Tags of every other format (ID3, MP4, AIFF, ASF, Matroska, CAF …) as FFmpeg reads them.

FFmpeg is here for decoding anyway and takes 0.1 to 20 ms a file. mutagen, the usual choice, is
under the GPL, and copies the rest of an ID3 tag for every frame in it: 1 MiB of empty frames took
it 2.7 s, and the time grows with the square of the size.
"""

from foundsound.metadata.fields import Fields
from foundsound.metadata.guarded_file import GuardedFile
from foundsound.metadata.text import decode_text, mend_text

# What the container says of itself, and not somebody of the sound.
_TECHNICAL = frozenset(
    {
        "compatible_brands",
        "duration",
        "encoder",
        "handler_name",
        "language",
        "major_brand",
        "minor_version",
        "vendor_id",
    }
)


def read_container_tags(file: GuardedFile, fields: Fields) -> None:
    """Read the tags of the file and of its first audio stream."""
    with fields.section("file's tags"):
        import av  # FFmpeg takes 0.2 s to import, and a library of WAV files never needs it

        from foundsound.audio.pyav_reader import DEMUXERS

        file.seek(0)
        # Latin-1 keeps every byte as it is, so that our own rules decide on the encoding.
        with av.open(
            file, mode="r", options={"format_whitelist": DEMUXERS}, metadata_encoding="latin-1"
        ) as container:
            tags = list(container.metadata.items())
            for stream in container.streams.audio[:1]:
                tags += stream.metadata.items()
        for key, value in tags:
            if key.lower() not in _TECHNICAL:
                fields.add(f"tag.{_text(key)}", _text(value))


def _text(latin: str) -> str:
    return mend_text(decode_text(latin.encode("latin-1")))
