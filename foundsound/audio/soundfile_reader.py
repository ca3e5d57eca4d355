"""WAV, AIFF, FLAC, OGG, Opus, MP3, CAF and the like through libsndfile."""

import os
from collections.abc import Iterator

import soundfile as sf

from foundsound.audio.reader import AudioFacts, Floats, block_frames
from foundsound.errors import AudioError

UNKNOWN_FRAMES = 2**62  # libsndfile gives a huge count when a header leaves the length open


class SoundfileReader:
    """An AudioReader on libsndfile.

    Raises:
        soundfile.LibsndfileError: libsndfile does not know the format.
    """

    def __init__(self, path: bytes) -> None:
        # By descriptor: any name opens, and none (".raw") decides what the content is.
        self._file = sf.SoundFile(os.open(path, os.O_RDONLY), closefd=True)
        frames = self._file.frames
        self.facts = AudioFacts(
            format=self._file.format,
            codec=self._file.subtype,
            sample_rate=self._file.samplerate,
            channels=self._file.channels,
            declared_s=None if frames >= UNKNOWN_FRAMES else frames / self._file.samplerate,
        )

    def blocks(self) -> Iterator[Floats]:
        """See :class:`~foundsound.audio.reader.AudioReader`."""
        frames = block_frames(self.facts.channels)
        while True:
            try:
                block = self._file.read(frames, dtype="float32", always_2d=True)
            except sf.LibsndfileError as error:
                raise AudioError(
                    f"The audio is damaged and cannot be decoded to its end ({error.error_string})."
                ) from error
            if not len(block):
                return
            yield block

    def close(self) -> None:
        """Release the file."""
        self._file.close()
