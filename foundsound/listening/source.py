"""Where live sound comes from: a device, a pipe, a file, a stream of the network."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import numpy as np

from foundsound.audio.reader import Floats
from foundsound.audio.resample import MonoResampler
from foundsound.errors import FoundsoundError, InvalidRequest

TIMEOUT_S = 10.0  # without an answer, or any sound, a stream counts as lost
DEVICE = "device"
PIPE = "-"
DEVICE_BLOCK_S = 0.05
_STREAMS = ("http://", "https://", "rtsp://", "rtsps://", "rtmp://", "srt://", "udp://", "rtp://")


class SourceLost(FoundsoundError):
    """The sound broke off, or could not be had; it may come back."""


@dataclass(frozen=True)
class Source:
    """A source by its name.

    Args:
        name: ``device`` or ``device:NAME``, ``-`` for the standard input, a file, or an address.
        raw: of a pipe without a header: rate in Hz and channels of 16-bit samples.
    """

    name: str
    raw: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not (self.live or self.name == PIPE or os.path.isfile(self.name)):
            raise InvalidRequest(
                f"There is no file {self.name}; a source is a file, '-', an address, or 'device'."
            )

    @property
    def shown(self) -> str:
        """The name without a password that an address may hold."""
        return re.sub(r"(?<=://)[^/@]*@", "", self.name)

    @property
    def live(self) -> bool:
        """True when it goes on whether anyone listens or not, and may come back after an end."""
        return self.is_device or self.name.lower().startswith(_STREAMS)

    @property
    def is_device(self) -> bool:
        """True for a sound card."""
        return self.name == DEVICE or self.name.startswith(f"{DEVICE}:")

    def blocks(self, rate: int) -> Iterator[Floats]:
        """Mono sound, float32 ``[samples]`` at ``rate`` Hz, as it comes, until it ends.

        Raises:
            SourceLost: it broke off.
            InvalidRequest: what a device needs is not installed, or there is no such device.
        """
        yield from _of_device(self.name, rate) if self.is_device else self._decoded(rate)

    def _decoded(self, rate: int) -> Iterator[Floats]:
        try:
            with av.open(**self._opening(), metadata_errors="ignore") as container:
                if not container.streams.audio:
                    raise InvalidRequest(f"{self.shown} has no sound.")
                stream = container.streams.audio[0]
                source_rate = stream.codec_context.sample_rate
                to_float = av.AudioResampler(format="fltp", rate=source_rate)
                resampler = MonoResampler(source_rate, rate)
                for frame in container.decode(stream):
                    for each in to_float.resample(frame):
                        yield resampler.push(each.to_ndarray().mean(axis=0, dtype=np.float32))
                yield resampler.finish()
        except (av.FFmpegError, OSError, ValueError) as error:
            raise SourceLost(f"{self.shown} cannot be heard: {_why(error)}.") from error

    def _opening(self) -> dict[str, Any]:
        if self.name != PIPE:
            options = {"rtsp_transport": "tcp"} if self.name.lower().startswith("rtsp") else {}
            timeout = TIMEOUT_S if self.live else None
            return {"file": self.name, "options": options, "timeout": timeout}
        if self.raw is None:
            return {"file": sys.stdin.buffer}
        rate, channels = self.raw
        layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels}c")
        options = {"sample_rate": str(rate), "ch_layout": layout}
        return {"file": sys.stdin.buffer, "format": "s16le", "options": options}


def _of_device(name: str, rate: int) -> Iterator[Floats]:
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: PortAudio itself is missing
        raise InvalidRequest(
            "Listening to a device needs sounddevice and PortAudio: "
            f"pip install 'foundsound[listen]' ({error})."
        ) from error
    wanted = name.partition(":")[2] or None
    device = int(wanted) if wanted is not None and wanted.isdigit() else wanted
    try:
        own_rate = int(sounddevice.query_devices(device, "input")["default_samplerate"])
    except ValueError as error:
        raise InvalidRequest(
            f"There is no input device '{wanted or 'default'}': {error}."
        ) from error
    resampler = MonoResampler(own_rate, rate)
    size = round(DEVICE_BLOCK_S * own_rate)
    try:
        with sounddevice.InputStream(
            samplerate=own_rate, device=device, channels=1, dtype="float32", blocksize=size
        ) as stream:
            while True:
                block, _ = stream.read(size)
                yield resampler.push(np.ascontiguousarray(block[:, 0]))
    except sounddevice.PortAudioError as error:
        raise SourceLost(f"The device cannot be heard: {error}.") from error


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
