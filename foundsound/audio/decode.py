"""Opens any file as a bounded stream of mono audio. Nothing is ever read whole."""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator

import numpy as np
import soundfile as sf

from foundsound.audio.bounds import Bounds
from foundsound.audio.reader import AudioFacts, AudioReader, Floats
from foundsound.audio.resample import MonoResampler
from foundsound.audio.soundfile_reader import SoundfileReader
from foundsound.errors import AudioError, FileUnavailable, FoundsoundError, OutOfBounds

MIN_RATE, MAX_RATE = 1_000, 1_536_000  # Hz; outside, a header is damaged or hostile
SYSTEM_ERROR = 2  # libsndfile's SF_ERR_SYSTEM: the system failed, not the file
TRANSIENT = {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE, errno.ETIMEDOUT}
COUNTED = ("PCM_", "FLOAT", "DOUBLE")  # codecs whose length in the header is no estimate
MISSING_SHARE = 0.1  # of what the header promised; MP3 lengths are estimates, so not zero


class MonoStream:
    """A file as mono float32 blocks at ``sample_rate`` Hz, channels averaged (as CLAP was trained).

    ``sample_rate`` None leaves the file's own. A context manager. After :meth:`blocks` is
    exhausted, ``duration_s`` holds the decoded length.

    Raises:
        FileUnavailable: the file cannot be opened now.
        OutOfBounds: it is longer, larger or wider than ``bounds`` allow.
        AudioError: the content is no usable audio.
    """

    def __init__(self, path: bytes, sample_rate: int | None, bounds: Bounds) -> None:
        _check_file(path, bounds)
        self._reader = _open_reader(path)
        self._rate = sample_rate or self._reader.facts.sample_rate
        self._bounds = bounds
        self.duration_s = 0.0
        try:
            _check_facts(self.facts, bounds)
        except FoundsoundError:
            self.close()
            raise

    @property
    def facts(self) -> AudioFacts:
        """What the header says."""
        return self._reader.facts

    def blocks(self, listen: Callable[[Floats], None] = lambda _: None) -> Iterator[Floats]:
        """Yield mono float32 ``[samples]`` blocks at the asked rate.

        Args:
            listen: called with every block as decoded, finite float32 ``[frames, channels]``.

        Raises:
            FileUnavailable: the disk failed.
            OutOfBounds: as above, found only now.
            AudioError: damaged, truncated, not finite, or empty.
        """
        resampler = MonoResampler(self.facts.sample_rate, self._rate)
        weights = np.full(self.facts.channels, 1.0 / self.facts.channels, np.float32)
        frames, made, spent_s = 0, 0, 0.0  # frames read, samples yielded
        source = self._reader.blocks()
        while True:
            started = time.monotonic()
            try:
                block = next(source, None)
            except AudioError as error:
                declared = self.facts.declared_s
                if declared is None:
                    raise
                raise AudioError(
                    f"The file promises {declared:.1f} s of audio but cannot be decoded to its "
                    "end: it is cut short or damaged; copy or export it again."
                ) from error
            except FoundsoundError:
                raise
            except (OSError, MemoryError) as error:
                raise FileUnavailable(f"The file cannot be read to its end ({error}).") from error
            except Exception as error:  # decoders are large, and files hostile
                raise AudioError(f"Decoding failed ({type(error).__name__}: {error}).") from error
            spent_s += time.monotonic() - started
            if block is None:
                break
            frames += len(block)
            self.duration_s = frames / self.facts.sample_rate
            self._check_progress(spent_s)
            mono = mixed(block, weights)
            finite = np.isfinite(mono)
            if not finite.all():
                at = (frames - len(block) + int(finite.argmin())) / self.facts.sample_rate
                raise AudioError(
                    f"The audio holds NaN or infinite samples, the first at {at:.2f} s; "
                    "export it again."
                )
            listen(block)
            samples = resampler.push(mono)
            made += len(samples)
            yield samples
        self._check_complete()
        if frames == 0:
            raise AudioError("The file holds no audio samples.")
        rest = resampler.finish()
        if not made + len(rest):
            raise AudioError(f"The audio is too short to be heard: {frames} samples.")
        yield rest

    def close(self) -> None:
        """Release the file."""
        self._reader.close()

    def __enter__(self) -> "MonoStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_progress(self, spent_s: float) -> None:
        if self.duration_s > self._bounds.duration_s:
            raise _too_long(self._bounds)
        if spent_s > self._bounds.decode_s:
            raise OutOfBounds(
                f"Decoding took longer than the limit of {self._bounds.decode_s:.0f} s."
            )

    def _check_complete(self) -> None:
        declared = self.facts.declared_s
        if declared is not None and declared * (1 - MISSING_SHARE) > self.duration_s:
            raise AudioError(
                f"The file promises {declared:.1f} s of audio but holds {self.duration_s:.1f} s: "
                "it is cut short or damaged; copy it again."
            )


def mixed(block: Floats, weights: Floats) -> Floats:
    """All channels as one, float32 ``[frames]``, to the same bit however many come together."""
    if len(weights) <= 2:
        mono: Floats = block @ weights
        return mono
    mono = block[:, 0] * weights[0]
    for channel in range(1, len(weights)):
        mono += block[:, channel] * weights[channel]
    return mono


def _check_file(path: bytes, bounds: Bounds) -> None:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise AudioError("This is not a regular file.")
        # soundfile and FFmpeg word a refused open in many ways; this one words it for all.
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError as error:
        raise FileUnavailable(f"The file cannot be opened: {error.strerror}.") from error
    if status.st_size == 0:
        raise AudioError("The file is empty (0 bytes).")
    if status.st_size > bounds.file_bytes:
        raise OutOfBounds(
            f"The file has {status.st_size / 2**30:.1f} GiB, more than the limit of "
            f"{bounds.file_bytes / 2**30:.1f} GiB."
        )


def _open_reader(path: bytes) -> AudioReader:
    try:
        return SoundfileReader(path)
    except sf.LibsndfileError as error:
        if error.code == SYSTEM_ERROR:
            raise FileUnavailable(f"The file cannot be opened: {error.error_string}") from error
    # FFmpeg takes 0.2 s to import, and most libraries never need it.
    from foundsound.audio.pyav_reader import PyavReader

    try:
        return PyavReader(path)
    except FoundsoundError:
        raise
    except Exception as error:  # FFmpeg's errors are of many kinds, and files hostile
        if isinstance(error, OSError) and error.errno in TRANSIENT:
            raise FileUnavailable(f"The file cannot be opened: {error.strerror}.") from error
        raise AudioError(
            "The content is not audio that foundsound can read, or its header is damaged; "
            "copy or export it again."
        ) from error


def _check_facts(facts: AudioFacts, bounds: Bounds) -> None:
    if not MIN_RATE <= facts.sample_rate <= MAX_RATE:
        raise AudioError(
            f"The header gives a sample rate of {facts.sample_rate} Hz, outside "
            f"{MIN_RATE} to {MAX_RATE} Hz: it is damaged."
        )
    declared = facts.declared_s
    counted = facts.codec.startswith(COUNTED)
    surely = 1.0 if counted else 1 - MISSING_SHARE
    if declared is not None and declared * surely > bounds.duration_s:
        raise _too_long(bounds)  # said at once: no file that holds less than it promises is taken
    if not 1 <= facts.channels <= bounds.channels:
        raise OutOfBounds(
            f"The file has {facts.channels} channels; foundsound takes 1 to {bounds.channels}."
        )


def _too_long(bounds: Bounds) -> OutOfBounds:
    return OutOfBounds(f"The audio is longer than the limit of {bounds.duration_s:.0f} s.")
