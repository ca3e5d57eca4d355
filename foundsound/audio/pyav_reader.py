"""M4A/AAC, WMA, AC3 and the sound of video containers through FFmpeg (PyAV)."""

from collections.abc import Iterator

import av
import numpy as np

from foundsound.audio.reader import AudioFacts, Floats
from foundsound.errors import AudioError

# Playlist and script demuxers (hls, concat, ...) can name other files or hosts: not in this list.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,mxf,ogg,rm,tak,tta,w64,wav,wv"
)


class PyavReader:
    """An AudioReader on FFmpeg's first audio stream.

    Raises:
        av.FFmpegError: FFmpeg does not know the format.
        AudioError: the container has no audio stream.
    """

    def __init__(self, path: bytes) -> None:
        # An open file, not a name: FFmpeg then can reach nothing but these bytes.
        self._file = open(path, "rb")  # noqa: SIM115 - closed in close()
        try:
            self._container = av.open(
                self._file,
                mode="r",
                options={"format_whitelist": DEMUXERS},
                metadata_errors="ignore",
            )
            if not self._container.streams.audio:
                self._container.close()
                raise AudioError("The file has no audio stream, only pictures or data.")
        except BaseException:
            self._file.close()
            raise
        self._stream = self._container.streams.audio[0]
        self._stream.codec_context.thread_type = "NONE"  # decoding is already one thread a file
        context = self._stream.codec_context
        self.facts = AudioFacts(
            format=self._container.format.name.split(",")[0].upper(),
            codec=context.name.upper(),
            sample_rate=context.sample_rate or 0,
            channels=context.channels or 0,
            declared_s=self._declared_s(),
        )

    def blocks(self) -> Iterator[Floats]:
        """See :class:`~foundsound.audio.reader.AudioReader`."""
        to_float = av.AudioResampler(format="fltp", rate=self.facts.sample_rate)
        try:
            for frame in self._container.decode(self._stream):
                for converted in to_float.resample(frame):
                    yield np.ascontiguousarray(converted.to_ndarray().T, dtype=np.float32)
            for converted in to_float.resample(None):
                yield np.ascontiguousarray(converted.to_ndarray().T, dtype=np.float32)
        except (av.FFmpegError, ValueError) as error:
            raise AudioError(
                f"The audio is damaged and cannot be decoded to its end ({error})."
            ) from error

    def close(self) -> None:
        """Release the file."""
        self._container.close()
        self._file.close()

    def _declared_s(self) -> float | None:
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        if self._container.duration is not None:
            return self._container.duration / av.time_base
        return None
