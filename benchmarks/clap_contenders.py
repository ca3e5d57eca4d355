"""Ways to turn files into CLAP vectors: as people do it today, and foundsound's own.

All embed the same windows, 10 s every 5 s, so that a ratio compares the way and not the amount.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import librosa
import numpy as np
import torch
from transformers import ClapFeatureExtractor, ClapModel

from benchmarks.analysis_off import analysis_off, suggestions_off
from foundsound.audio.bounds import file_bounds
from foundsound.audio.decode import MonoStream
from foundsound.audio.windows import cut_windows
from foundsound.calibrate import measured_calibration
from foundsound.embedding.clap.embedder import ClapEmbedder
from foundsound.embedding.clap.frontend import SAMPLE_RATE, repeat_pad
from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.loading import load_encoder
from foundsound.embedding.clap.outputs import pooled
from foundsound.embedding.clap.sources import FolderSource
from foundsound.embedding.embedder import Floats
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.settings import Settings
from ingest.run import index_paths

WINDOW_S = 10.0
BATCH = 8


@dataclass(frozen=True)
class Cost:
    """Of one run: wall seconds, and CPU seconds of this process and its children."""

    wall_s: float
    cpu_s: float


def timed(run: Callable[[], object]) -> Cost:
    """Run it, and count."""
    wall, cpu = perf_counter(), _cpu_s()
    run()
    return Cost(perf_counter() - wall, _cpu_s() - cpu)


def _cpu_s() -> float:
    spent = os.times()  # children count when they have ended
    return spent.user + spent.system + spent.children_user + spent.children_system


class Today:
    """The model in float32 torch, as published examples run it."""

    def __init__(self, model: Path, device: str) -> None:
        self._device = torch.device(device)
        self._model = ClapModel.from_pretrained(model).eval().to(self._device)
        self._extractor = ClapFeatureExtractor.from_pretrained(model)
        bank = self._extractor.mel_filters_slaney
        self._bank = torch.tensor(bank, dtype=torch.float32, device=self._device)
        self._hann = torch.hann_window(1024, device=self._device)

    def transformers(self, files: Sequence[Path]) -> None:
        """librosa, the extractor, one forward a window."""
        for window in _by_librosa(files):
            inputs = self._extractor(window, sampling_rate=SAMPLE_RATE, return_tensors="pt")
            self._forward(inputs["input_features"].float().to(self._device))

    def laion(self, files: Sequence[Path]) -> None:
        """What ``laion_clap`` does, emulated: librosa, through 16 bits, one forward for a file.

        Its spectrogram is a convolution inside the network; ``torch.stft`` here is faster.
        """
        for file in files:
            windows = [_through_16_bits(window) for window in _by_librosa([file])]
            for start in range(0, len(windows), BATCH):
                padded = np.stack([repeat_pad(window) for window in windows[start : start + BATCH]])
                self._forward(self._mel(torch.from_numpy(padded).to(self._device)))

    @torch.inference_mode()
    def _forward(self, mel: torch.Tensor) -> None:
        pooled(self._model.get_audio_features(input_features=mel)).cpu()

    @torch.inference_mode()
    def _mel(self, samples: torch.Tensor) -> torch.Tensor:
        spectrum = torch.stft(samples, 1024, 480, window=self._hann, return_complex=True)
        power = torch.view_as_real(spectrum).square().sum(-1).transpose(1, 2)
        return (10.0 * (power @ self._bank).clamp_min(1e-10).log10())[:, None]


class Ours:
    """foundsound with one runtime, its model loaded.

    Raises:
        ModelError: the machine cannot run it, or it does not agree with the reference.
    """

    def __init__(self, model: Path, settings: Settings) -> None:
        self._settings = settings.model_copy(update={"model": str(model)})
        source = FolderSource(model)
        encoder = load_encoder(source, settings)
        assert isinstance(encoder, ClapEncoder)
        self._encoder = encoder
        self._embedder = ClapEmbedder(source, settings, lambda: encoder)
        noise = np.random.default_rng(0).standard_normal((BATCH, 480_000)).astype(np.float32)
        self._windows = [0.1 * row for row in noise]
        self._mel = encoder.frontend(self._windows)
        encoder.audio.embed(self._mel)
        self._embedder.embed_audio(self._windows)
        measured_calibration(self._embedder, settings)  # once for a model, whatever it hears

    @property
    def name(self) -> str:
        """Of the runtime."""
        return self._encoder.audio.name

    def index(self, folder: Path, files: int, analyse: bool = False) -> Cost:
        """The whole pipeline into a new library: hash, decode, embed, catalogue, vectors.

        Args:
            folder: what is indexed.
            files: how many there are in it.
            analyse: measure loudness, tempo and the like as well, which no other contender does.
        """
        progress = IndexProgress()
        with tempfile.TemporaryDirectory() as name:
            settings = self._settings.model_copy(update={"data_dir": Path(name) / "library"})
            with (
                suggestions_off(),
                nullcontext() if analyse else analysis_off(),
                Library(settings) as library,
            ):
                library.space.embedder = self._embedder  # is loaded; opening hashes the weights
                stop = threading.Event()
                cost = timed(lambda: index_paths(library, [folder], progress, _ignore, stop))
        if progress.embedded != files:
            raise RuntimeError(f"Not every file was indexed: {progress.problems}")
        return cost

    def forward(self, windows: int) -> None:
        """The network alone, on as many windows."""
        for start in range(0, windows, BATCH):
            self._encoder.audio.embed(self._mel[: min(BATCH, windows - start)])

    def front_end(self, windows: int) -> None:
        """The log-mel alone, of as many windows."""
        for start in range(0, windows, BATCH):
            self._encoder.frontend(self._windows[: min(BATCH, windows - start)])


def decode(files: Sequence[Path], settings: Settings) -> int:
    """Decode and cut alone, in this process; the number of windows."""
    return sum(1 for file in files for _ in _by_foundsound(file, settings))


@contextmanager
def torch_threads(threads: int) -> Iterator[None]:
    """Torch with so many threads meanwhile."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    yield
    torch.set_num_threads(before)


def _by_foundsound(file: Path, settings: Settings) -> Iterator[Floats]:
    with MonoStream(os.fsencode(file), SAMPLE_RATE, file_bounds(settings)) as stream:
        for window in cut_windows(stream.blocks(), SAMPLE_RATE, WINDOW_S):
            yield window.samples


def _by_librosa(files: Sequence[Path]) -> Iterator[Floats]:
    for file in files:
        samples, _ = librosa.load(file, sr=SAMPLE_RATE)
        for window in cut_windows([samples], SAMPLE_RATE, WINDOW_S):
            yield window.samples


def _ignore(_: IndexProgress) -> None:
    return


def _through_16_bits(window: Floats) -> Floats:
    integers = (np.clip(window, -1.0, 1.0) * 32767.0).astype(np.int16)
    return np.asarray(integers / 32767.0, dtype=np.float32)
