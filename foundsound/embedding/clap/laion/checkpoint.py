"""Reads a LAION ``.pt`` file and tells from its tensors which model it was trained as."""

import pickle
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from foundsound.errors import ModelError

State = dict[str, torch.Tensor]
FUSION = "aff_2d"  # the only kind that LAION released

_FFT = "audio_branch.spectrogram_extractor.stft.conv_real.weight"  # [bins, 1, window]
_PATCHES = "audio_branch.patch_embed.proj.weight"  # [width, channels, 4, 4]
_PROJECTION = "audio_projection.0.weight"  # [512, width]
_WORDS = "text_branch.embeddings.word_embeddings.weight"
_POSITIONS = "text_branch.embeddings.position_embeddings.weight"
ROBERTA_WORDS = 50_265
_BEGINNINGS = (b"PK\x03\x04", b"\x80")  # of a zip, and of the pickles before it
_HTSAT = {96: "tiny", 128: "base", 256: "large"}  # by the width of its patches
_PANN = {6: "Cnn14", 5: "Cnn10", 4: "Cnn6"}  # by its convolution blocks


@dataclass(frozen=True)
class Architecture:
    """What a state dict was trained as."""

    kind: str
    """``HTSAT`` or ``PANN``."""
    size: str
    width: int
    """Of the audio branch's embedding, before the projection."""
    window: int
    """Samples of the Fourier transform."""
    fused: bool
    text_layers: int
    positions: int
    """Of tokens, with those that RoBERTa leaves unused at the beginning."""


def read_state(path: Path) -> State:
    """The tensors of a ``.pt`` file, without the prefix that training on several GPUs left.

    torch's restricted unpickler reads it, so it runs no code; LAION's files carry numbers of numpy
    beside the tensors, which are let through.

    Raises:
        ModelError: it is no such file, or holds more than tensors and numbers.
    """
    _require_beginning(path)
    try:
        with torch.serialization.safe_globals(_numbers()):
            found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a kind each: pickle, zip, torch
        raise _unreadable(path, _fault(error)) from error
    state = found.get("state_dict", found) if isinstance(found, dict) else None
    if not isinstance(state, dict) or not all(
        isinstance(key, str) and torch.is_tensor(value) for key, value in state.items()
    ):
        raise ModelError(f"{path} is no LAION checkpoint: it holds no state dict.")
    return {key.removeprefix("module."): value for key, value in state.items()}


def _require_beginning(path: Path) -> None:
    """What torch says of an empty file is nothing, and of any other kind a riddle."""
    try:
        with path.open("rb") as file:
            beginning = file.read(4)
    except OSError as error:
        raise _unreadable(path, f"{error.strerror}.") from error
    if not beginning:
        raise _unreadable(path, "it is empty; download it again.")
    if not beginning.startswith(_BEGINNINGS):
        raise _unreadable(path, "it is not a PyTorch file; download it again or use another.")


def _fault(error: Exception) -> str:
    if isinstance(error, pickle.UnpicklingError):  # torch's own text advises to run the code
        return (
            "it is damaged, or it holds more than tensors and numbers and could run code; use "
            "another file."
        )
    reason = str(error).strip().split("\n")[0].split(". ")[0].rstrip(". ")
    told = f" ({reason})" if " " in reason else ""  # a bare key or number tells nothing
    return f"it seems to be damaged or cut short{told}; download it again."


def _unreadable(path: Path, fault: str) -> ModelError:
    return ModelError(f"{path} cannot be read as a LAION checkpoint: {fault}")


def architecture(state: State) -> Architecture:
    """The model that these tensors are of.

    Raises:
        ModelError: none that LAION's package knows with a RoBERTa text branch.
    """
    there = all(
        key in state and state[key].dim() == dimensions
        for key, dimensions in ((_WORDS, 2), (_POSITIONS, 2), (_FFT, 3), (_PROJECTION, 2))
    )
    if not there or len(state[_WORDS]) != ROBERTA_WORDS:
        raise ModelError(
            "This .pt file is no LAION CLAP with a RoBERTa text branch, the only kind that was "
            "released."
        )
    if _PATCHES in state:
        kind, size = "HTSAT", _HTSAT.get(state[_PATCHES].shape[:1].numel())
    else:
        kind, size = "PANN", _PANN.get(_count(state, "audio_branch.conv_block"))
    if size is None:
        raise ModelError(f"The {kind} audio branch of this .pt file is of an unknown size.")
    return Architecture(
        kind=kind,
        size=size,
        width=state[_PROJECTION].shape[1],
        window=state[_FFT].shape[-1],
        fused=any("fusion_model" in key for key in state),
        text_layers=_count(state, "text_branch.encoder.layer."),
        positions=len(state[_POSITIONS]),
    )


def build(found: Architecture, state: State, module: Any) -> torch.nn.Module:
    """LAION's model with these tensors, in eval mode.

    Args:
        module: :func:`~foundsound.embedding.clap.laion.package.model_module`.

    Raises:
        ModelError: tensors are missing, or have other sizes.
    """
    module.RobertaModel = _roberta(found, state)
    audio = {
        "model_type": found.kind,
        "model_name": found.size,
        "sample_rate": 48_000,
        "clip_samples": 480_000,
        "window_size": found.window,
        "hop_size": 480,
        "audio_length": 1024,
        "mel_bins": 64,
        "fmin": 50,
        "fmax": 14_000,  # another one is in the filter bank among the tensors
        "class_num": 527,
    }
    text = {"context_length": 77, "vocab_size": 49_408, "width": 512, "heads": 8, "layers": 12}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.meshgrid and the like, as of 2022
        model: torch.nn.Module = module.CLAP(
            embed_dim=found.width,
            audio_cfg=audio,
            text_cfg=text | {"model_type": "roberta"},
            enable_fusion=found.fused,
            fusion_type=FUSION if found.fused else "None",
        )
    wanted = model.state_dict()
    missing = [key for key in wanted if key not in state and not key.endswith("_ids")]
    resized = [key for key in wanted if key in state and wanted[key].shape != state[key].shape]
    if missing or resized:
        raise ModelError(
            f"This .pt file does not fit {found.kind}-{found.size}: {len(missing)} tensors are "
            f"missing, {len(resized)} have another size."
        )
    model.load_state_dict({key: state[key] for key in wanted if key in state}, strict=False)
    return model.eval().requires_grad_(False)


def _roberta(found: Architecture, state: State) -> Any:
    """Stands where LAION's code downloads ``roberta-base``, only to overwrite it."""
    from transformers import RobertaConfig, RobertaModel

    config = RobertaConfig(
        vocab_size=ROBERTA_WORDS,
        max_position_embeddings=len(state[_POSITIONS]),
        num_hidden_layers=found.text_layers,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
    )

    class Untrained:
        """``from_pretrained`` without a network."""

        @staticmethod
        def from_pretrained(_: str) -> Any:
            return RobertaModel(config)

    return Untrained


def _count(state: State, prefix: str) -> int:
    """How many numbered parts stand under ``prefix``."""
    return len({key[len(prefix) :].split(".")[0] for key in state if key.startswith(prefix)})


def _numbers() -> list[Any]:
    scalar = np.float64(0).__reduce__()[0]
    kinds = [np.float64, np.float32, np.int64, np.int32, np.bool_]
    return [
        scalar,
        (scalar, "numpy.core.multiarray.scalar"),  # as numpy 1 wrote it
        np.dtype,
        *{type(np.dtype(kind)) for kind in kinds},
    ]
