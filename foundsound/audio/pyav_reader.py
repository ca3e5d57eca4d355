"""M4A/AAC, WMA, AC3 and the sound of video containers through FFmpeg (PyAV)."""

from collections.abc import Iterator
from contextlib import ExitStack

import av
import numpy as np

from foundsound.audio.reader import AudioFacts, Floats, block_frames
from foundsound.errors import AudioError

# Playlist and script demuxers (hls, concat, ...) can name other files or hosts: not in this list.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,mxf,ogg,rm,tak,tta,w64,wav,wv"
)
COUNTED = frozenset({"mov", "mp4", "m4a", "caf", "wav", "aiff", "flac"})


class PyavReader:
    """An AudioReader on FFmpeg's first audio stream.

    Raises:
        av.FFmpegError: FFmpeg does not know the format.
        AudioError: the container has no audio stream.
    """

    def __init__(self, path: bytes) -> None:
        with ExitStack() as opened:
            # An open file, not a name: FFmpeg then can reach nothing but these bytes.
            file = opened.enter_context(open(path, "rb"))
            options = {"format_whitelist": DEMUXERS}
            container = av.open(file, mode="r", options=options, metadata_errors="ignore")
            self._container = opened.enter_context(container)
            if not self._container.streams.audio:
                raise AudioError("The file has no audio stream, only pictures or data.")
            self._stream = self._container.streams.audio[0]
            context = self._stream.codec_context
            if context is None:
                raise AudioError(
                    "The file's audio is coded in a way that foundsound cannot decode."
                )
            context.thread_type = "NONE"  # decoding is already one thread a file
            self.facts = AudioFacts(
                format=self._container.format.name.split(",")[0].upper(),
                codec=context.name.upper(),
                sample_rate=context.sample_rate or 0,
                channels=context.channels or 0,
                declared_s=self._declared_s(),
            )
            self._opened = opened.pop_all()

    def blocks(self) -> Iterator[Floats]:
        """See :class:`~foundsound.audio.reader.AudioReader`."""
        held: list[Floats] = []
        enough, count = block_frames(self.facts.channels), 0
        try:
            # Codec frames can be 16 samples long: what follows works on larger blocks.
            for frame in self._frames():
                held.append(frame)
                count += len(frame)
                if count >= enough:
                    yield np.concatenate(held)
                    held, count = [], 0
            if held:
                yield np.concatenate(held)
        except (av.FFmpegError, ValueError) as error:
            raise AudioError(
                f"The audio is damaged and cannot be decoded to its end ({error})."
            ) from error

    def _frames(self) -> Iterator[Floats]:
        to_float = av.AudioResampler(format="fltp", rate=self.facts.sample_rate)
        for frame in self._container.decode(self._stream):
            for converted in to_float.resample(frame):
                yield converted.to_ndarray().T.astype(np.float32, copy=False)
        for converted in to_float.resample(None):
            yield converted.to_ndarray().T.astype(np.float32, copy=False)

    def close(self) -> None:
        """Release the file."""
        self._opened.close()

    def _declared_s(self) -> float | None:
        # Only these formats count the stream's own samples; others guess from size and bit rate,
        # or mean the pictures' length.
        counted = not COUNTED.isdisjoint(self._container.format.name.split(","))
        if counted and self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        return None
