"""CLAP as an Embedder: the same sound gives the same vector, whatever else is asked."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from foundsound.embedding.clap.embedder import ClapEmbedder
from foundsound.embedding.clap.load import create_clap, is_clap_name
from foundsound.embedding.clap.sources import FolderSource
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.self_check import self_check
from foundsound.settings import Settings
from tests.clap_models import Size, random_clap
from tests.embedding.clap.clips import Floats, clips
from tests.embedding.clap.conftest import Folder

CLIPS = clips()
TEXTS = ("rain", "a very long description of a wooden door that slams in a cathedral", "dog", "")
SIZES: tuple[Size, ...] = ("nano", "nano-fused")


@pytest.fixture(params=SIZES)
def clap(request: pytest.FixtureRequest, clap_folder: Folder, cpu_settings: Settings) -> Embedder:
    return create_clap(str(clap_folder(request.param)), cpu_settings)


def test_it_is_what_the_registry_makes_of_a_directory(
    clap_folder: Folder, cpu_settings: Settings
) -> None:
    folder = str(clap_folder("nano"))
    made = create_embedder(folder, cpu_settings)
    assert made.name == folder
    assert (made.dim, made.sample_rate, made.window_s) == (512, 48_000, 10.0)
    assert made.batch_windows > 0


def test_vectors_are_finite_unit_and_float32(clap: Embedder) -> None:
    for vectors in (clap.embed_audio(list(CLIPS.values())), clap.embed_text(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape[1] == clap.dim
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_a_sounds_vector_does_not_depend_on_its_batch(clap: Embedder) -> None:
    windows = list(CLIPS.values())[:10]  # more than one batch of 8
    together = clap.embed_audio(windows)
    backwards = clap.embed_audio(windows[::-1])[::-1]
    alone = np.concatenate([clap.embed_audio([window]) for window in windows])
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)


def test_a_texts_vector_does_not_depend_on_its_batch(
    clap_folder: Folder, cpu_settings: Settings
) -> None:
    folder = str(clap_folder("nano"))
    texts = [
        *TEXTS,
        *(f"{'word ' * (n % 9)}{n}" for n in range(34)),
    ]  # padded, and more than one batch
    together = create_clap(folder, cpu_settings).embed_text(texts)
    other = create_clap(folder, cpu_settings)  # has nothing in its cache
    alone = np.concatenate([other.embed_text([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.99999


def test_two_runs_give_the_same_bits(clap_folder: Folder, cpu_settings: Settings) -> None:
    folder = str(clap_folder("nano"))
    first, second = (create_clap(folder, cpu_settings) for _ in range(2))
    windows = [CLIPS["noise"], CLIPS["short noise"]]
    assert np.array_equal(first.embed_audio(windows), second.embed_audio(windows))
    assert np.array_equal(first.embed_text(TEXTS), second.embed_text(TEXTS))
    assert first.version == second.version


def test_nothing_in_nothing_out(clap: Embedder) -> None:
    assert clap.embed_audio([]).shape == (0, clap.dim)
    assert clap.embed_text([]).shape == (0, clap.dim)


@pytest.mark.parametrize("text", ["x", "🔊", "дверь", "\u202e", "word " * 4000, "?!", "<pad></s>"])
def test_odd_texts_give_finite_unit_vectors(
    clap_folder: Folder, cpu_settings: Settings, text: str
) -> None:
    (vector,) = create_clap(str(clap_folder("nano")), cpu_settings).embed_text([text])
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_it_passes_its_own_check(clap: Embedder) -> None:
    found = self_check(clap)
    assert found.text_cosine < 0.95
    assert found.audio_cosine < 0.95


def test_a_name_counts_as_its_words(clap_folder: Folder, cpu_settings: Settings) -> None:
    clap = create_clap(str(clap_folder("nano")), cpu_settings)
    name, words = clap.embed_text(
        ["DOORWood_Heavy oak slam_FSND_01.wav", "door wood Heavy oak slam"]
    )
    assert np.array_equal(name, words)


@pytest.mark.parametrize("runtime", ["torch-fp32", "onnxruntime"])
def test_the_logit_scale_is_the_models_own(
    clap_folder: Folder, cpu_settings: Settings, runtime: str
) -> None:
    folder = clap_folder("nano")
    settings = cpu_settings.model_copy(update={"clap_runtime": runtime})
    wanted = float(random_clap("nano").logit_scale_a.detach().exp())
    assert create_clap(str(folder), settings).logit_scale == pytest.approx(wanted, rel=1e-6)


def test_the_ensemble_is_the_mean_of_its_phrasings(
    clap_folder: Folder, cpu_settings: Settings
) -> None:
    folder = str(clap_folder("nano"))
    plain = create_clap(folder, cpu_settings)
    ensemble = create_clap(folder, cpu_settings.model_copy(update={"text_ensemble": True}))
    (found,) = ensemble.embed_text(["rain"])
    phrases = ["rain", "the sound of rain", "this is a sound of rain", "a recording of rain"]
    mean = plain.embed_text(phrases).mean(axis=0)
    assert found @ (mean / np.linalg.norm(mean)) > 0.99999
    assert found @ plain.embed_text(["rain"])[0] < 0.9999


class Counting:
    """An encoder that says what it was asked."""

    name, dim, sample_rate, logit_scale = "counting", 4, 48_000, 10.0

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        return np.ones((len(windows), self.dim), np.float32)

    def embed_text(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return np.array([[len(text), 1, 0, 0] for text in texts], np.float32)


@pytest.fixture
def counted(clap_folder: Folder, cpu_settings: Settings) -> tuple[ClapEmbedder, Counting]:
    class Source(FolderSource):
        dim = 4

    encoder = Counting()
    return ClapEmbedder(Source(clap_folder("nano")), cpu_settings, lambda: encoder), encoder


def test_a_text_is_embedded_once(counted: tuple[ClapEmbedder, Counting]) -> None:
    clap, encoder = counted
    first = clap.embed_text(["rain", "dog", "rain"])
    again = clap.embed_text(["dog", "rain", "wind"])
    assert encoder.asked == ["rain", "dog", "wind"]
    assert np.array_equal(first[[1, 0]], again[:2])


def test_a_cached_vector_cannot_be_spoilt(counted: tuple[ClapEmbedder, Counting]) -> None:
    clap, _ = counted
    first = clap.embed_text(["rain"])
    kept = first.copy()
    first[:] = 0
    assert np.array_equal(clap.embed_text(["rain"]), kept)


def test_many_threads_load_once_and_agree(clap_folder: Folder, cpu_settings: Settings) -> None:
    folder = clap_folder("nano")
    alone = create_clap(str(folder), cpu_settings)
    loads: list[int] = []
    loading = threading.Lock()

    def load() -> Counting:
        with loading:
            loads.append(1)
        return alone  # type: ignore[return-value]  # an embedder has what an encoder needs

    shared = ClapEmbedder(FolderSource(folder), cpu_settings, load)
    texts = [f"sound number {n} {'of a long list' * (n % 5)}" for n in range(64)]
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda text: shared.embed_text([text])[0], texts))
    assert len(loads) == 1
    wanted = create_clap(str(folder), cpu_settings).embed_text(texts)
    assert (np.stack(rows) * wanted).sum(axis=1).min() > 0.99999


def test_names_that_are_clap(clap_folder: Folder, tmp_path: Path) -> None:
    assert is_clap_name("laion/clap-htsat-unfused")
    assert is_clap_name(str(clap_folder("nano")))
    assert not is_clap_name("starter")
    assert not is_clap_name(str(tmp_path / "nowhere"))


def test_naming_a_model_imports_no_torch(clap_folder: Folder) -> None:
    """The command line asks for names and versions often; importing torch takes a second."""
    code = (
        "import sys\n"
        "from foundsound.embedding.registry import create_embedder, model_names\n"
        "from foundsound.settings import Settings\n"
        "from foundsound.embedding.clap.load import weights_available\n"
        "model_names()\n"
        "for name in ('starter', 'laion/larger_clap_general', sys.argv[1]):\n"
        "    made = create_embedder(name, Settings(device='cpu'))\n"
        "    made.name, made.version, made.dim, made.batch_windows\n"
        "    weights_available(name, Settings())\n"
        "sys.exit([m for m in ('torch', 'transformers') if m in sys.modules] or 0)\n"
    )
    command = [sys.executable, "-c", code, str(clap_folder("nano"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
