"""Models that would fill a library with useless vectors, or run code, are refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from foundsound.embedding.clap.checkpoints import CHECKPOINTS
from foundsound.embedding.clap.files import file_sha256, fingerprint, folder_files
from foundsound.embedding.clap.load import create_clap, weights_available
from foundsound.embedding.clap.weights import load_model
from foundsound.embedding.registry import create_embedder
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.clap_models import Size
from tests.embedding.clap.conftest import Folder

State = dict[str, torch.Tensor]


@pytest.fixture
def copied(clap_folder: Folder, tmp_path: Path) -> Path:
    """A model of one's own to spoil."""
    return Path(shutil.copytree(clap_folder("nano"), tmp_path / "model"))


def _change(folder: Path, change: Callable[[State], object]) -> None:
    state = load_file(folder / "model.safetensors")
    change(state)
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})


def test_the_collapsed_checkpoint_is_refused_by_name(cpu_settings: Settings) -> None:
    with pytest.raises(ModelError, match=r"collapsed.*0\.9993.*larger_clap_music_and_speech"):
        create_clap("laion/larger_clap_music", cpu_settings)


def test_an_unknown_checkpoint_is_refused_with_the_known_ones(cpu_settings: Settings) -> None:
    with pytest.raises(ModelError, match=", ".join(CHECKPOINTS)):
        create_clap("laion/clap-of-tomorrow", cpu_settings)


def test_a_collapsed_text_tower_is_refused(copied: Path, cpu_settings: Settings) -> None:
    def collapse(state: State) -> None:
        state["text_projection.linear2.weight"].mul_(1e-4)
        state["text_projection.linear2.bias"].add_(1.0)

    _change(copied, collapse)
    with pytest.raises(ModelError, match=r"cannot tell text inputs apart.*use another model"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_a_deaf_audio_tower_is_refused(copied: Path, cpu_settings: Settings) -> None:
    _change(copied, lambda state: state["audio_projection.linear2.bias"].add_(100.0))
    with pytest.raises(ModelError, match="cannot tell audio inputs apart"):
        create_clap(str(copied), cpu_settings).embed_audio([np.ones(10, np.float32)])


def test_a_scale_that_is_no_number_is_refused(copied: Path, cpu_settings: Settings) -> None:
    _change(copied, lambda state: state["logit_scale_a"].fill_(np.nan))
    with pytest.raises(ModelError, match="in logit_scale_a are numbers that are not finite"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize("scale", [1000.0, -1000.0])
def test_a_scale_of_no_use_is_refused(copied: Path, cpu_settings: Settings, scale: float) -> None:
    _change(copied, lambda state: state["logit_scale_a"].fill_(scale))
    with pytest.raises(ModelError, match="exponential of its logit_scale_a is"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_numbers_that_few_texts_touch_are_looked_at(copied: Path, cpu_settings: Settings) -> None:
    rows = "text_model.embeddings.position_embeddings.weight"
    _change(copied, lambda state: state[rows][60].fill_(np.nan))
    with pytest.raises(ModelError, match=f"in {rows} are numbers that are not finite"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize(
    ("part", "field", "value", "told"),
    [
        ("text_config", "pad_token_id", None, "names no padding"),
        ("audio_config", "spec_size", 100, "cannot be run|cannot be built"),
    ],
)
def test_a_configuration_that_no_model_runs_with_is_refused(
    copied: Path, cpu_settings: Settings, part: str, field: str, value: object, told: str
) -> None:
    config = json.loads((copied / "config.json").read_text())
    config[part][field] = value
    (copied / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=told):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
def test_json_that_is_nested_too_deep_is_refused(
    copied: Path, cpu_settings: Settings, name: str
) -> None:
    (copied / name).write_text("[" * 100_000)
    with pytest.raises(ModelError, match=f"{name} cannot be read"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_a_home_that_nobody_has_is_no_model(cpu_settings: Settings) -> None:
    with pytest.raises(ModelError, match="There is no model '~nobody-here/model'"):
        create_embedder("~nobody-here/model", cpu_settings)


def test_a_tokenizer_of_a_larger_model_is_refused(copied: Path, cpu_settings: Settings) -> None:
    config = json.loads((copied / "config.json").read_text())
    config["text_config"]["vocab_size"] = 200
    (copied / "config.json").write_text(json.dumps(config))
    rows = "text_model.embeddings.word_embeddings.weight"
    _change(copied, lambda state: state.update({rows: state[rows][:200].clone()}))
    with pytest.raises(ModelError, match=r"tokens, the model knows 200\."):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize("runtime", ["auto", "torch-fp32"])
def test_weights_that_change_before_they_are_loaded_do_not_pass_for_the_old_ones(
    copied: Path, cpu_settings: Settings, runtime: str
) -> None:
    settings = cpu_settings.model_copy(update={"clap_runtime": runtime})
    sound = [np.ones(10, np.float32)]
    model = create_clap(str(copied), settings)
    before = model.version  # the files are hashed
    kept = (copied / "model.safetensors").read_bytes()
    _change(copied, lambda state: state["audio_projection.linear2.bias"].add_(0.5))
    with pytest.raises(ModelError, match="changed while the model was loaded"):
        model.embed_audio(sound)
    (copied / "model.safetensors").write_bytes(kept)
    again = create_clap(str(copied), settings)
    assert again.version == before
    assert np.isfinite(again.embed_audio(sound)).all()  # nothing of the others was kept


@pytest.mark.parametrize("side", ["text", "audio"])
def test_vectors_that_are_not_finite_are_refused(
    copied: Path, cpu_settings: Settings, side: str
) -> None:
    _change(copied, lambda state: state[f"{side}_projection.linear2.bias"].fill_(np.nan))
    with pytest.raises(ModelError, match=f"in {side}_projection.linear2.bias are numbers that"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize("side", ["text", "audio"])
def test_vectors_of_zeros_are_refused(copied: Path, cpu_settings: Settings, side: str) -> None:
    def blank(state: State) -> None:
        state[f"{side}_projection.linear2.weight"].zero_()
        state[f"{side}_projection.linear2.bias"].zero_()

    _change(copied, blank)
    with pytest.raises(ModelError, match=f"{side} vectors of length 0 instead of 1"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize("dim", ["many", 0, 512.5, None, True, [512]])
def test_a_length_of_vectors_that_is_no_number_is_refused(
    copied: Path, cpu_settings: Settings, dim: object
) -> None:
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps(config | {"projection_dim": dim}))
    with pytest.raises(ModelError, match="set projection_dim to a whole number"):
        _ = create_clap(str(copied), cpu_settings).dim


@pytest.mark.parametrize(
    ("removed", "named"),
    [
        (["config.json"], r"config\.json"),
        (["vocab.json"], r"tokenizer\.json"),
        (["preprocessor_config.json"], r"preprocessor_config\.json"),
        (["model.safetensors"], r"model\.safetensors"),
    ],
)
def test_an_incomplete_directory_is_refused_with_what_it_lacks(
    copied: Path, cpu_settings: Settings, removed: list[str], named: str
) -> None:
    assert weights_available(str(copied), cpu_settings)
    for name in removed:
        (copied / name).unlink()
    with pytest.raises(ModelError, match=named):
        create_clap(str(copied), cpu_settings)
    assert not weights_available(str(copied), cpu_settings)


def test_another_kind_of_model_is_refused(copied: Path, cpu_settings: Settings) -> None:
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps(config | {"model_type": "clip"}))
    with pytest.raises(ModelError, match="holds no CLAP model"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sampling_rate", 32_000),
        ("hop_length", 320),
        ("max_length_s", 5),
        ("truncation", "middle"),
        ("frequency_min", None),
        ("frequency_min", "abc"),
        ("frequency_min", True),
        ("frequency_min", -50),
        ("frequency_min", float("nan")),
        ("frequency_max", 0),
        ("frequency_max", 50),
        ("frequency_max", 50.001),
        ("frequency_max", float("inf")),
        ("frequency_max", 10**400),
    ],
)
def test_another_front_end_is_refused(
    copied: Path, cpu_settings: Settings, key: str, value: object
) -> None:
    _set(copied, **{key: value})
    with pytest.raises(ModelError, match=key):
        create_clap(str(copied), cpu_settings).embed_audio([np.ones(10, np.float32)])


@pytest.mark.parametrize(("size", "truncation"), [("nano", "fusion"), ("nano-fused", "rand_trunc")])
def test_a_front_end_that_does_not_fit_the_tower_is_refused(
    clap_folder: Folder, tmp_path: Path, cpu_settings: Settings, size: Size, truncation: str
) -> None:
    folder = Path(shutil.copytree(clap_folder(size), tmp_path / "model"))
    _set(folder, truncation=truncation)
    with pytest.raises(ModelError, match=f"truncation is {truncation}, but enable_fusion is"):
        create_clap(str(folder), cpu_settings).embed_audio([np.ones(10, np.float32)])


@pytest.mark.parametrize("size", ["nano", "nano-fused"])
def test_without_a_truncation_the_tower_decides(
    clap_folder: Folder, tmp_path: Path, cpu_settings: Settings, size: Size
) -> None:
    folder = Path(shutil.copytree(clap_folder(size), tmp_path / "model"))
    settings = json.loads((folder / "preprocessor_config.json").read_text())
    del settings["truncation"]
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    clip = np.random.default_rng(0).standard_normal(9_000).astype(np.float32)
    found, wanted = (
        create_clap(str(one), cpu_settings).embed_audio([clip])
        for one in (folder, clap_folder(size))
    )
    assert np.array_equal(found, wanted)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("processor_config.json", "[]", r"lacks preprocessor_config\.json"),
        ("processor_config.json", "3", r"lacks preprocessor_config\.json"),
        ("processor_config.json", '{"feature_extractor": []}', "processor_config.*no settings"),
        ("preprocessor_config.json", "[]", r"preprocessor_config\.json holds no settings"),
    ],
)
def test_settings_of_another_shape_are_refused(
    copied: Path, cpu_settings: Settings, file: str, content: str, told: str
) -> None:
    (copied / "preprocessor_config.json").unlink()
    (copied / file).write_text(content)
    with pytest.raises(ModelError, match=told):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def _set(folder: Path, **changed: object) -> None:
    settings = json.loads((folder / "preprocessor_config.json").read_text())
    (folder / "preprocessor_config.json").write_text(json.dumps(settings | changed))


def test_damaged_weights_are_refused(copied: Path, cpu_settings: Settings) -> None:
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="cannot be read"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_weights_of_another_architecture_are_refused(copied: Path, cpu_settings: Settings) -> None:
    _change(copied, lambda state: state.pop("audio_projection.linear1.weight"))
    with pytest.raises(ModelError, match="1 tensors are missing"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_weights_that_the_configuration_leaves_over_are_refused(
    copied: Path, cpu_settings: Settings
) -> None:
    """As of a fused model in the folder of another, or of a tower with more layers."""

    def added(state: State) -> None:
        state["text_model.encoder.layer.9.output.dense.weight"] = torch.zeros(3, 3)
        state["audio_model.layers.0.attn_mask"] = torch.zeros(3)  # a buffer, as older files have

    _change(copied, added)
    with pytest.raises(ModelError, match=r"1 tensors too many, such as text_model.*layer\.9"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


@pytest.mark.parametrize("kind", [torch.float8_e4m3fn, torch.complex64])
def test_numbers_that_are_not_computed_with_are_refused(
    copied: Path, cpu_settings: Settings, kind: torch.dtype
) -> None:
    name = "audio_projection.linear1.weight"
    _change(copied, lambda state: state.update({name: state[name].to(kind)}))
    with pytest.raises(ModelError, match=f"numbers in {name}; save them as float32"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_weights_of_another_size_are_refused(copied: Path, cpu_settings: Settings) -> None:
    def shrink(state: State) -> None:
        state["audio_projection.linear1.weight"] = torch.zeros(3, 3)

    _change(copied, shrink)
    with pytest.raises(ModelError, match="1 have another size"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_a_configuration_that_makes_no_sense_is_refused(
    copied: Path, cpu_settings: Settings
) -> None:
    config = json.loads((copied / "config.json").read_text())
    config["audio_config"]["patch_embeds_hidden_size"] = "wide"
    (copied / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="cannot be built") as refused:
        create_clap(str(copied), cpu_settings).embed_text(["rain"])
    assert "\n" not in str(refused.value)


def test_a_tokenizer_that_wants_to_run_code_is_refused(
    copied: Path, cpu_settings: Settings
) -> None:
    config = {"tokenizer_class": "Own", "auto_map": {"AutoTokenizer": ["own.Own", None]}}
    (copied / "tokenizer_config.json").write_text(json.dumps(config))
    (copied / "own.py").write_text("raise SystemExit('fooled')")
    with pytest.raises(ModelError, match="tokenizer"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_buffers_that_older_files_lack_are_made(copied: Path) -> None:
    """Files of other versions of transformers carry other derived buffers."""
    before = load_model(folder_files(copied)).state_dict()
    derived = [key for key in before if key.endswith(("_ids", "index", "batches_tracked"))]
    assert len(derived) > 3

    def drop(state: State) -> None:
        for key in derived:
            del state[key]
        state["text_model.embeddings.of_old"] = torch.zeros(1)

    _change(copied, drop)
    after = load_model(folder_files(copied)).state_dict()
    assert all(torch.equal(after[key], before[key]) for key in before)


def test_a_tokenizer_that_pads_otherwise_is_refused(copied: Path, cpu_settings: Settings) -> None:
    config = json.loads((copied / "tokenizer_config.json").read_text())
    (copied / "tokenizer_config.json").write_text(json.dumps(config | {"pad_token": "<mask>"}))
    with pytest.raises(ModelError, match="pads with 4, the model with 1"):
        create_clap(str(copied), cpu_settings).embed_text(["rain"])


def test_an_unknown_pickle_is_refused(copied: Path, cpu_settings: Settings) -> None:
    _pickle(copied)
    with pytest.raises(ModelError, match=r"can run code.*safetensors"):
        create_clap(str(copied), cpu_settings)


def test_a_pickle_that_is_known_by_its_hash_is_read(copied: Path) -> None:
    before = load_model(folder_files(copied)).state_dict()
    files = folder_files(copied, known_pickles=[_pickle(copied)])
    after = load_model(files).state_dict()
    assert all(torch.equal(after[key], before[key]) for key in before)


def test_a_pickle_that_changes_after_it_was_looked_at_is_refused(copied: Path) -> None:
    files = folder_files(copied, known_pickles=[_pickle(copied)])
    torch.save({}, copied / "pytorch_model.bin")
    with pytest.raises(ModelError, match="not the file that foundsound knows"):
        load_model(files)


def _pickle(folder: Path) -> str:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    return file_sha256(folder / "pytorch_model.bin")


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "preprocessor_config.json",
        "vocab.json",
        "merges.txt",
        "tokenizer_config.json",
        "model.safetensors",
    ],
)
def test_every_file_that_decides_a_vector_names_it(copied: Path, name: str) -> None:
    before = fingerprint(folder_files(copied))
    assert fingerprint(folder_files(copied)) == before
    with (copied / name).open("ab") as file:
        file.write(b" ")
    assert fingerprint(folder_files(copied)) != before


def test_a_copy_elsewhere_has_the_same_version(
    clap_folder: Folder, copied: Path, cpu_settings: Settings
) -> None:
    (copied / "README.md").write_text("decides nothing")
    here, there = (create_clap(str(f), cpu_settings) for f in (clap_folder("nano"), copied))
    assert here.version == there.version
