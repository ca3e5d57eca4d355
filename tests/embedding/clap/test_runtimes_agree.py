"""Every runtime on the true architecture gives torch's vectors, one row whatever its neighbours."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from foundsound.embedding.clap.features import Features
from foundsound.embedding.clap.frontend import LogMel, filter_bank
from foundsound.embedding.clap.padding import FFT
from foundsound.embedding.clap.probes import MIN_AGREEMENT
from foundsound.embedding.clap.runtimes.array_mel import ArrayMel
from foundsound.embedding.clap.runtimes.exporting import write_audio
from foundsound.embedding.clap.runtimes.machine import lacking
from foundsound.embedding.clap.runtimes.torch_towers import TorchAudioTower
from foundsound.embedding.clap.sources import FolderSource
from foundsound.embedding.clap.towers import AudioTower
from foundsound.embedding.clap.weights import load_model
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter.window_pool import WindowPool
from tests.clap_models import Size
from tests.embedding.clap.clips import WINDOW, clips
from tests.embedding.clap.conftest import Folder

CPU = torch.device("cpu")
THREADS = 2
CONVERTED = (
    "openvino-int8",
    "openvino-bf16",
    "openvino-f32",
    "onnxruntime-int8-shared",
    "onnxruntime-int8",
    "onnxruntime",
)
HARD = ("noise", "sweep", "silence", "click")
Tower = Callable[[str, Size, int], AudioTower]


@pytest.fixture(scope="module")
def tower(clap_folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> Tower:
    """A runtime of the audio tower, with so many threads; converted once."""
    converted: dict[Size, Path] = {}

    def make(runtime: str, size: Size, threads: int) -> AudioTower:
        reason = lacking(runtime)
        if reason is not None:
            pytest.skip(reason)
        source = FolderSource(clap_folder(size))
        if runtime.startswith("torch"):
            dtype = torch.bfloat16 if runtime == "torch-bf16" else torch.float32
            return TorchAudioTower(load_model(source.files()).to(dtype), CPU, dtype)
        if size not in converted:
            converted[size] = tmp_path_factory.mktemp("onnx") / "audio.onnx"
            channels = 4 if size.endswith("fused") else 1
            write_audio(converted[size], load_model(source.files()), channels)
        pool = WindowPool(threads)
        if runtime.startswith("onnxruntime"):
            from foundsound.embedding.clap.runtimes.onnx_towers import OnnxAudioTower

            return OnnxAudioTower(runtime, converted[size], pool)
        from foundsound.embedding.clap.runtimes.openvino_tower import OpenvinoAudioTower

        return OpenvinoAudioTower(runtime, converted[size], threads)

    return make


def _mel(names: tuple[str, ...], size: Size) -> Floats:
    fused = size.endswith("fused")
    bank = filter_bank(Features(fused, 50.0, 14_000.0))
    found = clips()
    return ArrayMel(bank, 4 if fused else 1, WindowPool(THREADS))([found[name] for name in names])


@pytest.fixture(scope="module")
def expected(tower: Tower) -> Callable[[Size], Floats]:
    """Torch's vectors in float32 of the hard clips."""
    known: dict[Size, Floats] = {}

    def of(size: Size) -> Floats:
        if size not in known:
            mel = _mel(HARD, size)
            known[size] = unit_length(tower("torch-fp32", size, THREADS).embed(mel))
        return known[size]

    return of


@pytest.mark.parametrize("runtime", [*CONVERTED, "torch-bf16"])
def test_a_runtime_agrees_with_torch_in_float32(
    tower: Tower, expected: Callable[[Size], Floats], runtime: str
) -> None:
    found = unit_length(tower(runtime, "tiny", THREADS).embed(_mel(HARD, "tiny")))
    assert (found * expected("tiny")).sum(axis=1).min() >= MIN_AGREEMENT
    # Not because every sound has the same vector: silence and noise differ by more than a runtime.
    assert (expected("tiny")[0] @ expected("tiny")[2]) < MIN_AGREEMENT - 0.001


@pytest.mark.parametrize("runtime", CONVERTED)
def test_a_fused_model_is_converted_too(
    tower: Tower, expected: Callable[[Size], Floats], runtime: str
) -> None:
    found = unit_length(tower(runtime, "nano-fused", THREADS).embed(_mel(HARD, "nano-fused")))
    assert (found * expected("nano-fused")).sum(axis=1).min() >= MIN_AGREEMENT


@pytest.mark.parametrize("runtime", [*CONVERTED, "torch-bf16", "torch-fp32"])
def test_a_vector_does_not_depend_on_its_batch(tower: Tower, runtime: str) -> None:
    made = tower(runtime, "nano", THREADS)
    mel = _mel(HARD, "nano")
    together = made.embed(mel)
    assert together.dtype == np.float32
    for size in (1, 3):
        parts = [made.embed(mel[start : start + size]) for start in range(0, len(mel), size)]
        assert np.array_equal(np.concatenate(parts), together)
    assert np.array_equal(made.embed(mel[::-1]), together[::-1])


@pytest.mark.parametrize("runtime", [*CONVERTED, "torch-fp32"])
@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_a_sound_out_of_range_has_no_vector(tower: Tower, runtime: str, number: float) -> None:
    made = tower(runtime, "nano", THREADS)
    mel = _mel(HARD, "nano").copy()
    expected = made.embed(mel)
    mel[1, :, 500, 30] = number
    found = made.embed(mel)
    assert not np.isfinite(found[1]).all()
    assert np.array_equal(np.delete(found, 1, axis=0), np.delete(expected, 1, axis=0))


@pytest.mark.parametrize("runtime", CONVERTED)
def test_one_thread_is_one_thread(tower: Tower, runtime: str) -> None:
    made = tower(runtime, "nano", 1)
    mel = np.repeat(_mel(("noise",), "nano"), 64, axis=0)
    made.embed(mel[:1])
    wall, cpu = time.perf_counter(), time.process_time()
    made.embed(mel)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert cpu < 1.3 * wall  # two threads at work would need nearly twice the wall time


@pytest.mark.parametrize("fused", [False, True])
def test_the_array_front_end_is_the_torch_one(fused: bool) -> None:
    features = Features(fused, 50.0, 14_000.0)
    noise = clips()["noise"]
    # Short ones end in silence, of which no frame is transformed; its beginning is what matters.
    ends = (WINDOW // 2 + 1, 300_007, *range(WINDOW - FFT // 2 - 2, WINDOW - FFT // 2 + 3))
    windows = [*clips().values(), *(noise[:end] for end in ends)]
    found = ArrayMel(filter_bank(features), 4 if fused else 1, WindowPool(THREADS))(windows)
    wanted = LogMel(features, CPU)(windows).numpy()
    assert found.shape == wanted.shape
    assert found.dtype == np.float32
    assert np.abs(found - wanted).max() < 1e-3  # dB
    assert np.abs(found - wanted).mean() < 1e-5
