"""LAION's original files, made here with random weights by the package's own model classes."""

import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import RobertaConfig, RobertaModel

from foundsound.embedding.clap.frontend import repeat_pad
from foundsound.embedding.clap.laion.checkpoint import architecture, read_state
from foundsound.embedding.clap.laion.package import model_module
from foundsound.embedding.clap.load import create_clap, is_clap_name, weights_available
from foundsound.embedding.registry import create_embedder
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.clap_models import save_tokenizer
from tests.embedding.clap.clips import clips

INSTALLED = all(importlib.util.find_spec(name) for name in ("laion_clap", "torchlibrosa"))
needs_package = pytest.mark.skipif(
    not INSTALLED, reason="needs foundsound[laion] and laion-clap, which pins numpy below 2"
)
KINDS = {  # name: kind, size, width of its embedding, fused
    "tiny": ("HTSAT", "tiny", 768, False),
    "tiny-fused": ("HTSAT", "tiny", 768, True),
    "base": ("HTSAT", "base", 1024, False),
    "pann": ("PANN", "Cnn14", 2048, False),
    "pann-fused": ("PANN", "Cnn14", 2048, True),
}
CLIPS = [clips()[name] for name in ("noise", "tone", "one sample", "clipped")]
TEXTS = ["a dog barking", "heavy rain", "a very long description of a slamming wooden door"]
Saved = Callable[..., Path]


def laion_model(name: str, layers: int = 1) -> Any:
    """LAION's own class with random weights that spread."""
    kind, size, width, fused = KINDS[name]
    torch.manual_seed(0)
    module = model_module()
    config = RobertaConfig(
        vocab_size=50_265,
        max_position_embeddings=514,
        num_hidden_layers=layers,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        initializer_range=0.08,
    )
    module.RobertaModel = type("Random", (), {"from_pretrained": lambda _: RobertaModel(config)})
    audio = {"model_type": kind, "model_name": size, "window_size": 1024, "hop_size": 480}
    text = {"context_length": 77, "vocab_size": 49_408, "width": 512, "heads": 8, "layers": 12}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.meshgrid
        model = module.CLAP(
            embed_dim=width,
            audio_cfg=audio,
            text_cfg=text | {"model_type": "roberta"},
            enable_fusion=fused,
            fusion_type="aff_2d" if fused else "None",
        )
    model.audio_branch.bn0.running_mean.fill_(-30.0)
    model.audio_branch.bn0.running_var.fill_(400.0)
    for part in (0, 2):  # biases would outweigh what an untrained PANN hears
        torch.nn.init.zeros_(model.audio_projection[part].bias)
    return model.eval()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A file of the given kind, in one of the layouts in which such files are found."""
    made: dict[tuple[str, str], Path] = {}

    def save(name: str, layout: str = "training") -> Path:
        if (name, layout) not in made:
            folder = tmp_path_factory.mktemp("laion")
            state = laion_model(name).state_dict()
            # As transformers of that time saved it.
            state["text_branch.embeddings.position_ids"] = torch.arange(514)[None]
            if layout == "training":  # on several GPUs, with what training keeps beside it
                state = {f"module.{key}": value for key, value in state.items()}
                kept = {"epoch": 3, "name": "run", "best": np.float64(0.5), "optimizer": {}}
                torch.save({"state_dict": state} | kept, folder / "model.pt")
            else:
                torch.save(state, folder / "model.pt")
            save_tokenizer(folder)
            made[name, layout] = folder / "model.pt"
        return made[name, layout]

    return save


FRESH = """
from foundsound.embedding.clap.laion.package import model_module
assert model_module().CLAP
"""
# As much of it as transformers imports where it is installed.
TORCHVISION = {
    "__init__.py": "installed, io = True, None",
    "transforms/__init__.py": """
import enum
names = "NEAREST NEAREST_EXACT BOX BILINEAR HAMMING BICUBIC LANCZOS"
InterpolationMode = enum.Enum("InterpolationMode", names)
""",
    "transforms/functional.py": "pil_to_tensor = None",
}
SPARED = f"""{FRESH}
import torchvision
assert torchvision.installed
"""


@needs_package
@pytest.mark.parametrize("code", [FRESH, SPARED])
def test_a_fresh_process_imports_the_models(tmp_path: Path, code: str) -> None:
    """And spares a torchvision that is installed, but not imported yet."""
    if code == SPARED:
        for name, content in TORCHVISION.items():
            (tmp_path / "torchvision" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "torchvision" / name).write_text(content)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr


@needs_package
@pytest.mark.parametrize("name", KINDS)
def test_the_architecture_is_read_from_the_tensors(saved: Saved, name: str) -> None:
    found = architecture(read_state(saved(name)))
    assert (found.kind, found.size, found.width, found.fused) == KINDS[name]
    assert (found.window, found.text_layers) == (1024, 1)


@needs_package
@pytest.mark.parametrize("name", ["tiny", "pann"])
def test_vectors_are_those_of_laions_own_code(
    saved: Saved, name: str, cpu_settings: Settings
) -> None:
    clap = create_clap(str(saved(name)), cpu_settings)
    model = laion_model(name)
    quantised = [(np.clip(clip, -1, 1) * 32767).astype(np.int16) / 32767 for clip in CLIPS]
    windows = [torch.from_numpy(repeat_pad(clip.astype(np.float32))) for clip in quantised]
    data = [{"waveform": window, "longer": torch.tensor([False])} for window in windows]
    with torch.inference_mode():
        wanted = model.get_audio_embedding(data).numpy()
    assert (clap.embed_audio(CLIPS) * wanted).sum(axis=1).min() > 0.99999


@needs_package
@pytest.mark.parametrize("name", ["tiny-fused", "pann-fused"])
def test_chance_and_batch_mates_change_nothing(
    saved: Saved, name: str, cpu_settings: Settings
) -> None:
    """LAION's PANN draws a row of the batch and treats it as longer than it is."""
    clap = create_clap(str(saved(name)), cpu_settings)
    together = clap.embed_audio(CLIPS)
    random.seed(1)
    torch.manual_seed(1)
    alone = np.concatenate([clap.embed_audio([clip]) for clip in CLIPS])
    assert np.array_equal(together, alone)
    assert (together * clap.embed_audio(CLIPS)).sum(axis=1).min() > 0.999999


@needs_package
def test_both_layouts_are_the_same_model(saved: Saved, cpu_settings: Settings) -> None:
    files = [saved("tiny"), saved("tiny", "plain")]
    first, second = (create_embedder(str(file), cpu_settings) for file in files)
    assert np.array_equal(first.embed_audio(CLIPS[:2]), second.embed_audio(CLIPS[:2]))
    assert first.version != second.version  # another file may hold other weights
    assert first.version == create_clap(str(files[0]), cpu_settings).version


@needs_package
def test_a_file_that_changes_before_it_is_loaded_does_not_pass_for_the_old_one(
    saved: Saved, tmp_path: Path, cpu_settings: Settings
) -> None:
    folder = shutil.copytree(saved("tiny").parent, tmp_path / "with its tokenizer")
    file = folder / saved("tiny").name
    model = create_clap(str(file), cpu_settings)
    assert model.version  # it is hashed
    shutil.copy(saved("tiny", "plain"), file)
    with pytest.raises(ModelError, match="changed while the model was loaded"):
        model.embed_audio(CLIPS[:1])


@needs_package
def test_a_foreign_tokenizer_beside_a_file_is_refused(
    saved: Saved, tmp_path: Path, cpu_settings: Settings
) -> None:
    folder = shutil.copytree(saved("tiny").parent, tmp_path / "foreign")
    vocabulary = json.loads((folder / "vocab.json").read_text())
    vocabulary["unheard"] = 60_000
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "tokenizer.json").unlink(missing_ok=True)
    with pytest.raises(ModelError, match=r"it has 60,001 tokens, the model knows 50,265"):
        create_clap(str(folder / saved("tiny").name), cpu_settings).embed_text(["rain"])


@needs_package
def test_texts_are_cut_where_a_file_has_no_more_positions(
    saved: Saved, tmp_path: Path, cpu_settings: Settings
) -> None:
    folder = shutil.copytree(saved("tiny").parent, tmp_path / "short")
    file = folder / saved("tiny").name
    content = torch.load(file, weights_only=False)
    state = content.get("state_dict", content)
    (rows,) = (key for key in state if key.endswith("position_embeddings.weight"))
    state[rows] = state[rows][:40].clone()
    torch.save(content, file)
    assert np.isfinite(create_clap(str(file), cpu_settings).embed_text(["rain " * 100])).all()


@needs_package
def test_texts_do_not_depend_on_their_batch(saved: Saved, cpu_settings: Settings) -> None:
    together = create_clap(str(saved("tiny")), cpu_settings).embed_text(TEXTS)
    other = create_clap(str(saved("tiny")), cpu_settings)
    alone = np.concatenate([other.embed_text([text]) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() > 0.99999
    assert (together @ together.T).mean() < 0.98


@needs_package
def test_tensors_that_do_not_fit_are_refused(
    saved: Saved, tmp_path: Path, cpu_settings: Settings
) -> None:
    state = read_state(saved("tiny"))
    del state["audio_projection.2.bias"]
    torch.save(state, tmp_path / "model.pt")
    save_tokenizer(tmp_path)
    with pytest.raises(ModelError, match="1 tensors are missing"):
        create_clap(str(tmp_path / "model.pt"), cpu_settings).embed_text(["rain"])


@pytest.mark.skipif(INSTALLED, reason="laion-clap is installed")
def test_without_the_package_the_error_says_how_to_get_it(
    tmp_path: Path, cpu_settings: Settings
) -> None:
    torch.save({}, tmp_path / "model.pt")
    with pytest.raises(ModelError, match=r"pip install --no-deps laion-clap"):
        create_clap(str(tmp_path / "model.pt"), cpu_settings).embed_text(["rain"])


class Hostile:
    """Runs code when it is unpickled, unless somebody looks first."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("/tmp/foundsound-was-fooled"),))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"state_dict": {"weight": Hostile()}}, "cannot be read"),
        ({"state_dict": {"weight": 3}}, "holds no state dict"),
        ([1, 2], "holds no state dict"),
    ],
)
def test_files_that_hold_something_else_are_refused(
    tmp_path: Path, content: object, reason: str
) -> None:
    torch.save(content, tmp_path / "model.pt")
    with pytest.raises(ModelError, match=reason):
        read_state(tmp_path / "model.pt")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty; download it again"),
        (b"<!DOCTYPE html><html></html>", "it is not a PyTorch file"),
        (bytes(range(1, 200)) * 99, "it is not a PyTorch file"),
        (b"\x80\x02junk", "it seems to be damaged or cut short .*download it again"),
        (b"\x80\x02cos\ngetcwd\n(tR.", "it is damaged, or it holds more than tensors"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / "model.pt").write_bytes(content)
    with pytest.raises(ModelError, match=f"cannot be read as a LAION checkpoint: {reason}") as told:
        read_state(tmp_path / "model.pt")
    assert "weights_only" not in str(told.value)  # torch advises to run what the file holds


@pytest.mark.parametrize("zipped", [True, False])
def test_a_download_that_was_cut_short_is_refused_in_words(tmp_path: Path, zipped: bool) -> None:
    whole, cut = tmp_path / "whole.pt", tmp_path / "cut.pt"
    state = {"weight": torch.zeros(100, 100)}
    torch.save(state, whole, _use_new_zipfile_serialization=zipped)
    assert read_state(whole)["weight"].shape == (100, 100)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ModelError, match=r"damaged or cut short \(.+\); download it again"):
        read_state(cut)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="checkpoint: No such file"):
        read_state(tmp_path / "missing.pt")


def test_another_model_is_refused() -> None:
    with pytest.raises(ModelError, match="no LAION CLAP"):
        architecture({"conv.weight": torch.zeros(1)})


def test_a_file_is_named_by_its_ending(tmp_path: Path, cpu_settings: Settings) -> None:
    file = tmp_path / "model.pt"
    assert not is_clap_name(str(file))
    torch.save({}, file)
    assert is_clap_name(str(file))
    assert weights_available(str(file), cpu_settings)
