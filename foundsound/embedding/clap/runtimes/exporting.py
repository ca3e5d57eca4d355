"""Converts a checkpoint to ONNX, beside what torch in float32 makes of the fixed inputs."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import ClapModel

from foundsound.embedding.clap.features import read_features
from foundsound.embedding.clap.files import ModelFiles
from foundsound.embedding.clap.frontend import filter_bank
from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.outputs import pooled
from foundsound.embedding.clap.padding import FRAMES, MELS
from foundsound.embedding.clap.probes import MIN_AGREEMENT
from foundsound.embedding.clap.runtimes import export_cache
from foundsound.embedding.clap.runtimes.export_cache import ConversionError
from foundsound.embedding.clap.runtimes.exported_tokens import ExportedTokens
from foundsound.embedding.clap.runtimes.fixed_sounds import fixed_sounds
from foundsound.embedding.clap.runtimes.fixed_texts import fixed_texts
from foundsound.embedding.clap.runtimes.onnx_towers import OnnxTextTower
from foundsound.embedding.clap.runtimes.text_choice import COMPARED, FLOAT32, fixed_text_vectors
from foundsound.embedding.clap.runtimes.windowed_audio import WindowedAudio, suits
from foundsound.embedding.clap.tokens import Tokens
from foundsound.embedding.embedder import Floats

OPSET = 17
log = logging.getLogger(__name__)


class _Audio(torch.nn.Module):
    """One log-mel ``[1, channels, 1001, 64]`` to its vector ``[1, dim]``, the model's own way."""

    def __init__(self, model: ClapModel) -> None:
        super().__init__()
        self.model = model
        self.fused = bool(model.config.audio_config.enable_fusion)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        # As in TorchAudioTower: no window is longer than itself.
        longer = torch.zeros(mel.shape[0], 1, dtype=torch.bool) if self.fused else None
        return pooled(self.model.get_audio_features(input_features=mel, is_longer=longer))


class _Text(torch.nn.Module):
    """Ids and mask ``[n, tokens]`` to vectors ``[n, dim]``."""

    def __init__(self, model: ClapModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return pooled(self.model.get_text_features(input_ids=ids, attention_mask=mask))


def write_export(
    folder: Path,
    files: ModelFiles,
    model: ClapModel,
    tokens: Tokens,
    reference: ClapEncoder,
    threads: int,
) -> None:
    """Write every file of an export: half a minute on two cores, once a model.

    Args:
        folder: empty.
        model: in float32, on the CPU.
        reference: the same model in torch, checked.
        threads: that the conversion may use.

    Raises:
        ConversionError: the model cannot be converted.
        OSError: the disk is full, or failed.
    """
    # A warning, so that it is seen: a minute of silence would look like a fault.
    log.warning("Converting the model %s for this processor, once; a minute.", reference.name)
    features = read_features(files.folder, bool(model.config.audio_config.enable_fusion))
    channels = 4 if features.fused else 1
    pad_id = int(model.config.text_config.pad_token_id)
    try:
        write_audio(folder / export_cache.AUDIO, model, channels)
        write_text(folder / export_cache.TEXT, model, pad_id)
        _write_int8(folder / export_cache.TEXT, folder / export_cache.TEXT_INT8)
    except OSError:
        raise
    except Exception as error:  # torch's exporter and onnxruntime's quantiser raise of many kinds
        raise ConversionError(f"The model {reference.name} cannot be converted: {error}") from error
    tokens.save(folder / export_cache.TOKENIZER)
    facts = {
        "channels": channels,
        "max_tokens": tokens.max_tokens,
        "pad_id": pad_id,
        "logit_scale": reference.logit_scale,
    }
    (folder / export_cache.FACTS).write_text(json.dumps(facts), encoding="utf-8")
    _require_same_tokens(ExportedTokens(folder / export_cache.TOKENIZER, **_rest(facts)), tokens)
    np.savez(
        folder / export_cache.REFERENCE,
        audio=reference.embed_audio(fixed_sounds()),
        text=_text_reference(folder / export_cache.TEXT, reference, tokens, threads),
        bank=filter_bank(features),
    )


def write_audio(file: Path, model: ClapModel, channels: int) -> None:
    """The audio tower: ``mel`` float32 ``[1, channels, 1001, 64]`` to ``vector`` ``[1, dim]``."""
    mel = torch.linspace(-100.0, 0.0, channels * FRAMES * MELS)
    with torch.inference_mode(False), torch.no_grad():
        tower = WindowedAudio(model) if suits(model) else _Audio(model)
    _to_onnx(tower, (mel.reshape(1, channels, FRAMES, MELS),), file, {"mel": {}})


def write_text(file: Path, model: ClapModel, pad_id: int) -> None:
    """The text tower: ``ids`` and ``mask`` int64 ``[n, tokens]`` to ``vector`` ``[n, dim]``."""
    ids = torch.arange(3, 15).reshape(2, 6)
    ids[1, 4:] = pad_id
    mask = (ids != pad_id).long()
    axes = {0: "n", 1: "tokens"}
    _to_onnx(_Text(model), (ids, mask), file, {"ids": axes, "mask": axes})


def _to_onnx(
    module: torch.nn.Module,
    inputs: tuple[torch.Tensor, ...],
    file: Path,
    axes: dict[str, dict[int, str]],
) -> None:
    # The tracing exporter: 11 s for both towers, the dynamo one 63 s, and the graphs run equally
    # fast. It says that it is the older one, and warns of every shape that it takes as given.
    with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        for kind in (
            torch.jit._trace.TracerWarning,
            DeprecationWarning,
            UserWarning,
            FutureWarning,
        ):
            warnings.simplefilter("ignore", kind)
        torch.onnx.export(
            module.eval(),
            inputs,
            str(file),
            input_names=list(axes),
            output_names=["vector"],
            dynamic_axes={**axes, "vector": {0: "n"}} if any(axes.values()) else None,
            opset_version=OPSET,
            dynamo=False,
        )


def _write_int8(source: Path, target: Path) -> None:
    import onnx

    model = onnx.load(source)
    del model.graph.value_info[:]  # shapes that the exporter noted and the quantiser trips over
    quantiser = logging.getLogger()
    before = quantiser.level
    quantiser.setLevel(logging.ERROR)  # it recommends a preprocessing that fails on this graph
    try:
        quantize_dynamic(model, target, per_channel=True, weight_type=QuantType.QInt8)
    finally:
        quantiser.setLevel(before)


def _text_reference(file: Path, reference: ClapEncoder, tokens: Tokens, threads: int) -> Floats:
    """Vectors of the fixed texts by onnxruntime in float32, three times as fast as torch.

    Raises:
        ConversionError: on the first of them it does not agree with torch.
    """
    found = fixed_text_vectors(OnnxTextTower(FLOAT32, file, threads), tokens)
    expected = reference.embed_text(fixed_texts()[:COMPARED])
    agreed = float((found[:COMPARED] * expected).sum(axis=1).min())
    if not agreed >= MIN_AGREEMENT:
        raise ConversionError(f"The converted text tower is off: cosine {agreed:.4f} with torch.")
    return found


def _require_same_tokens(exported: ExportedTokens, tokens: Tokens) -> None:
    for text in ("", " two  spaces ", "café 🔊 дверь", "<pad></s>", "word " * 600, *fixed_texts()):
        for found, expected in zip(exported([text]), tokens([text]), strict=True):
            if not np.array_equal(found, expected):
                raise ConversionError(f"The converted tokenizer reads '{text[:40]}' differently.")


def _rest(facts: dict[str, Any]) -> dict[str, int]:
    return {name: int(facts[name]) for name in ("max_tokens", "pad_id")}
