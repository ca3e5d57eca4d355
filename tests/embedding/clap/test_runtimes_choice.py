"""Who hears and who reads: what the settings say, what agrees, and what a search needs of it."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.load import create_clap
from foundsound.embedding.clap.loading import load_encoder
from foundsound.embedding.clap.runtimes import audio_choice, machine, on_cpu
from foundsound.embedding.clap.runtimes.audio_choice import PREFERRED_FIRST
from foundsound.embedding.clap.runtimes.export_cache import (
    TEXT,
    TEXT_INT8,
    TOKENIZER,
    ConversionError,
    Export,
)
from foundsound.embedding.clap.runtimes.exported_tokens import ExportedTokens
from foundsound.embedding.clap.runtimes.fixed_sounds import fixed_sounds
from foundsound.embedding.clap.runtimes.fixed_texts import fixed_texts
from foundsound.embedding.clap.runtimes.machine import lacking
from foundsound.embedding.clap.runtimes.on_cpu import open_export
from foundsound.embedding.clap.runtimes.onnx_towers import OnnxAudioTower
from foundsound.embedding.clap.runtimes.rankings import bank_like, top_overlap
from foundsound.embedding.clap.runtimes.text_choice import FLOAT32, INT8, choose_text
from foundsound.embedding.clap.sources import FolderSource
from foundsound.embedding.clap.tokens import Tokens
from foundsound.embedding.clap.towers import AudioTower, Mel
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.embedding.clap.conftest import Folder

RUNNABLE = [runtime for runtime in PREFERRED_FIRST if lacking(runtime) is None]
WINDOWS = fixed_sounds()[:5]


@pytest.fixture
def source(clap_folder: Folder) -> FolderSource:
    return FolderSource(clap_folder("nano"))


@pytest.fixture
def settings_of(settings: Settings) -> Callable[[str], Settings]:
    """With the runtime of that name, on two threads."""

    def of(runtime: str) -> Settings:
        update = {"device": "cpu", "threads": 2, "clap_runtime": runtime}
        return settings.model_copy(update=update)

    return of


@pytest.fixture
def unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget every verdict, and write none."""

    def measured(_folder: Path, _runtime: str, measure: Callable[[], float]) -> float:
        return measure()

    monkeypatch.setattr(audio_choice, "remembered", measured)


def _encoder(source: FolderSource, settings: Settings) -> ClapEncoder:
    made = load_encoder(source, settings)
    assert isinstance(made, ClapEncoder)
    return made


@pytest.mark.parametrize("runtime", PREFERRED_FIRST)
def test_the_runtime_that_is_named_runs(
    source: FolderSource, settings_of: Callable[[str], Settings], runtime: str
) -> None:
    reason = lacking(runtime)
    if reason is not None:
        pytest.skip(reason)
    encoder = _encoder(source, settings_of(runtime))
    reference = _encoder(source, settings_of("torch-fp32"))
    agreed = (encoder.embed_audio(WINDOWS) * reference.embed_audio(WINDOWS)).sum(axis=1)
    assert encoder.audio.name == runtime
    assert agreed.min() >= 0.9995
    texts = ["rain", "a dog barking in the distance", ""]
    agreed = (encoder.embed_text(texts) * reference.embed_text(texts)).sum(axis=1)
    assert agreed.min() >= 0.9995


def test_unnamed_the_fastest_that_agrees_runs(
    source: FolderSource, settings_of: Callable[[str], Settings]
) -> None:
    encoder = _encoder(source, settings_of("auto"))
    assert encoder.audio.name == RUNNABLE[0]


def test_one_that_disagrees_gives_way_to_the_next(
    source: FolderSource,
    settings_of: Callable[[str], Settings],
    unsure: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = OnnxAudioTower.embed

    def off(self: OnnxAudioTower, mel: Mel) -> Floats:
        return np.asarray(whole(self, mel) + 0.3, dtype=np.float32)

    monkeypatch.setattr(OnnxAudioTower, "embed", off)
    monkeypatch.setattr(audio_choice, "PREFERRED_FIRST", ("onnxruntime", "torch-fp32"))
    assert _encoder(source, settings_of("auto")).audio.name == "torch-fp32"
    with pytest.raises(ModelError, match=r"asks for onnxruntime.*does not agree.*cosine 0\."):
        _encoder(source, settings_of("onnxruntime")).embed_audio(WINDOWS)


def test_one_that_is_not_installed_is_refused_with_what_to_do(
    source: FolderSource, settings_of: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name == "openvino" else name)
    with pytest.raises(ModelError, match=r"openvino is not installed.*foundsound\[openvino\]"):
        _encoder(source, settings_of("openvino-f32")).embed_audio(WINDOWS)
    assert not _encoder(source, settings_of("auto")).audio.name.startswith("openvino")


@pytest.mark.parametrize(
    "fault",
    [
        ImportError("libopenvino.so.2640: cannot open shared object file"),
        OSError("libtbb.so.12: undefined symbol"),
        RuntimeError("Failed to load the plugin"),
    ],
)
def test_one_that_is_installed_but_broken_gives_way_to_the_next(
    source: FolderSource,
    settings_of: Callable[[str], Settings],
    unsure: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Exception,
) -> None:
    whole = audio_choice._maker

    def broken(runtime: str, *rest: Any) -> Callable[[], AudioTower]:
        def fail() -> AudioTower:
            raise fault

        return fail if runtime == "openvino-f32" else whole(runtime, *rest)

    monkeypatch.setattr(audio_choice, "_maker", broken)
    monkeypatch.setattr(audio_choice, "lacking", lambda _: None)
    monkeypatch.setattr(audio_choice, "PREFERRED_FIRST", ("openvino-f32", "onnxruntime"))
    with caplog.at_level(logging.INFO):
        assert _encoder(source, settings_of("auto")).audio.name == "onnxruntime"
    assert (
        f"does not run on openvino-f32: it is installed, but broken ({type(fault).__name__}"
        in caplog.text
    )
    assert str(fault) in caplog.text
    with pytest.raises(ModelError, match=f"asks for openvino-f32.*{fault}"):
        _encoder(source, settings_of("openvino-f32")).embed_audio(WINDOWS)


def test_bfloat16_needs_a_processor_that_has_it(
    source: FolderSource, settings_of: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "cpu_flags", lambda: frozenset({"avx2"}))
    with pytest.raises(ModelError, match="no bfloat16 instructions"):
        _encoder(source, settings_of("torch-bf16")).embed_audio(WINDOWS)
    assert "bf16" not in _encoder(source, settings_of("auto")).audio.name


def test_integers_need_a_processor_that_multiplies_them(
    source: FolderSource, settings_of: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "cpu_flags", lambda: frozenset({"avx2"}))
    with pytest.raises(ModelError, match=r"no products of eight-bit integers.*avx512_vnni"):
        _encoder(source, settings_of("openvino-int8")).embed_audio(WINDOWS)
    assert _encoder(source, settings_of("auto")).audio.name == "onnxruntime-int8-shared"


def test_what_cannot_be_converted_is_served_by_torch(
    source: FolderSource, settings_of: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ConversionError("no operator")

    monkeypatch.setattr(on_cpu, "_build", fails)
    fresh = settings_of("auto").model_copy(update={"cache_dir": settings_of("auto").data_dir})
    assert _encoder(source, fresh).audio.name == "torch-fp32"
    with pytest.raises(ModelError, match="no operator"):
        load_encoder(source, fresh.model_copy(update={"clap_runtime": "onnxruntime"}))


@pytest.mark.parametrize("in_the_way", ["cache", "cache/clap"])
def test_with_a_cache_that_cannot_be_written_torch_runs(
    source: FolderSource,
    settings_of: Callable[[str], Settings],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    in_the_way: str,
) -> None:
    (tmp_path / in_the_way).parent.mkdir(exist_ok=True)
    (tmp_path / in_the_way).touch()
    unwritable = settings_of("auto").model_copy(update={"cache_dir": tmp_path / "cache"})
    encoder = _encoder(source, unwritable)
    assert encoder.audio.name == "torch-fp32"
    assert "Torch runs it instead" in caplog.text


def test_a_space_does_not_depend_on_the_runtime(
    clap_folder: Folder, settings_of: Callable[[str], Settings]
) -> None:
    folder = str(clap_folder("nano"))
    made = [create_clap(folder, settings_of(runtime)) for runtime in ("auto", *PREFERRED_FIRST)]
    assert len({(one.version, one.dim) for one in made}) == 1


class Readers(Export):
    """The real export, but int8 is another file."""

    int8 = TEXT_INT8

    def file(self, name: str) -> Path:
        return super().file(self.int8 if name == TEXT_INT8 else name)


def _reads(source: FolderSource, settings: Settings, tmp_path: Path, int8: str) -> str:
    whole = open_export(source, settings)
    facts = whole.facts
    readers = Readers(settings.cache_dir, source.version, _never)
    readers.int8 = int8
    assert readers.reference.text.shape == (500, 512)
    readers.folder = tmp_path  # for verdicts of its own
    readers.file = lambda name: whole.file(int8 if name == TEXT_INT8 else name)  # type: ignore[method-assign]
    tokens = ExportedTokens(whole.file(TOKENIZER), facts["max_tokens"], facts["pad_id"])
    return choose_text(readers, source, settings, tokens).name


def _never(_: Path) -> None:
    raise AssertionError("nothing is missing")


def test_int8_reads_if_it_ranks_as_float32_does(
    source: FolderSource, settings_of: Callable[[str], Settings], tmp_path: Path
) -> None:
    # The float32 graph stands for an int8 one without error.
    assert _reads(source, settings_of("auto"), tmp_path, TEXT) == INT8


def test_int8_that_ranks_otherwise_gives_way_to_float32(
    source: FolderSource, settings_of: Callable[[str], Settings], tmp_path: Path
) -> None:
    # Random weights suffer from int8 more than trained ones are known to: nine of ten agree.
    assert _reads(source, settings_of("auto"), tmp_path, TEXT_INT8) == FLOAT32


def test_overlap_falls_as_queries_turn_away() -> None:
    random = np.random.default_rng(0)
    bank = bank_like(unit_length(random.standard_normal((32, 64)).astype(np.float32)))
    queries = unit_length(random.standard_normal((200, 64)).astype(np.float32))
    aside = unit_length(random.standard_normal((200, 64)).astype(np.float32))
    overlaps = [top_overlap(queries + far * aside, queries, bank) for far in (0.0, 0.001, 0.1, 9.0)]
    assert overlaps[0] == 1.0
    assert overlaps[1] > 0.98 > overlaps[2] > overlaps[3]
    assert top_overlap(np.full_like(queries, np.nan), queries, bank) == 0.0


def test_the_fixed_inputs_are_fixed() -> None:
    assert len(set(fixed_texts())) == 500
    again = fixed_sounds()
    assert len(again) == 32
    assert all(np.array_equal(one, other) for one, other in zip(again, fixed_sounds(), strict=True))


def test_the_exported_tokenizer_reads_as_the_models_own(
    source: FolderSource, settings_of: Callable[[str], Settings]
) -> None:
    export = open_export(source, settings_of("auto"))
    facts = export.facts
    exported = ExportedTokens(export.file(TOKENIZER), facts["max_tokens"], facts["pad_id"])
    own = Tokens(source.files().folder, facts["max_tokens"], facts["pad_id"])
    texts = ["rain", "", "a  dog\n", "🔊 дверь", "<pad></s>", "word " * 4000]
    for found, wanted in zip(exported(texts), own(texts), strict=True):
        assert np.array_equal(found, wanted)


COLD = """
import sys
from pathlib import Path
from foundsound.embedding.registry import create_embedder
from foundsound.settings import Settings
clap = create_embedder(sys.argv[1], Settings(cache_dir=Path(sys.argv[2]), device="cpu", threads=2))
assert clap.embed_text(["rain"]).shape == (1, 512)
heavy = {"torch", "transformers", "onnx", "openvino"} & sys.modules.keys()
sys.exit(f"imported {sorted(heavy)}" if heavy else 0)
"""


def test_a_cold_search_imports_neither_torch_nor_transformers(
    source: FolderSource, settings_of: Callable[[str], Settings]
) -> None:
    settings = settings_of("auto")
    _encoder(source, settings).embed_text(["rain"])  # converts, and measures the text tower
    command = [sys.executable, "-c", COLD, source.name, str(settings.cache_dir)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
