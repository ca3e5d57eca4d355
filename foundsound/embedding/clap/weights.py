"""Builds a ``ClapModel`` from files: safetensors, or a pickle whose every byte is known."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import ClapConfig, ClapModel
from transformers.utils import logging

from foundsound.embedding.clap.files import ModelFiles, file_sha256, read_config
from foundsound.embedding.clap.shards import SUFFIX
from foundsound.errors import ModelError

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
# Buffers that older files carry, or lack, and that every version of transformers makes itself.
_DERIVED = ("position_ids", "token_type_ids", "relative_position_index", "num_batches_tracked")


def load_model(files: ModelFiles) -> ClapModel:
    """The model in float32, in eval mode, on the CPU.

    Raises:
        ModelError: the files are damaged, or do not fit each other.
    """
    read_config(files.folder)
    state = _read_state(files)
    check_kinds(state, _told(files))
    try:
        model, report = _build(files, state)
    except Exception as error:  # a configuration can be wrong in many ways, one exception each
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ModelError(f"The model in {files.folder} cannot be built: {reason}") from error
    wrong = [key for key in report["missing_keys"] if not key.endswith(_DERIVED)]
    if wrong or report["mismatched_keys"]:
        raise ModelError(
            f"{_told(files)} does not fit the model that {files.folder} describes: "
            f"{len(wrong)} tensors are missing, {len(report['mismatched_keys'])} have another size."
        )
    # Of buffers files may hold more, but a parameter too many belongs to another architecture.
    surplus = [key for key in report["unexpected_keys"] if key.endswith((".weight", ".bias"))]
    if surplus:
        raise ModelError(
            f"{_told(files)} does not fit the model that {files.folder} describes: it holds "
            f"{len(surplus)} tensors too many, such as {min(surplus)}."
        )
    check_finite(state, _told(files))
    return model.eval().requires_grad_(False)


def check_kinds(state: Mapping[str, Any], told: str) -> None:
    """Refuse numbers that torch converts with a loss, or cannot add.

    Raises:
        ModelError: some are complex, or of eight bits.
    """
    for name, tensor in state.items():
        if tensor.is_complex() or (tensor.is_floating_point() and tensor.dtype not in FLOATS):
            kind = str(tensor.dtype).removeprefix("torch.")
            raise ModelError(f"{told} has {kind} numbers in {name}; save them as float32.")


def check_finite(state: Mapping[str, Any], told: str) -> None:
    """Look at every number: one that is none spoils only what happens to touch it.

    Raises:
        ModelError: one is not finite.
    """
    for name, tensor in state.items():
        if not tensor.is_floating_point() or torch.isfinite(tensor.sum()):  # the sum is quicker
            continue
        if not torch.isfinite(tensor).all():
            raise ModelError(f"{told} is damaged: in {name} are numbers that are not finite.")


def read_scale(model: Any, told: str) -> float:
    """By what cosines are multiplied before they are compared as chances.

    Raises:
        ModelError: it is zero or not finite.
    """
    scale = float(model.logit_scale_a.exp())
    if not 0.0 < scale < math.inf:
        raise ModelError(f"{told} is damaged: the exponential of its logit_scale_a is {scale:g}.")
    return scale


def _build(files: ModelFiles, state: dict[str, Any]) -> tuple[Any, Any]:
    with _quiet():
        config = ClapConfig.from_pretrained(files.folder, local_files_only=True)
        built: tuple[Any, Any] = ClapModel.from_pretrained(
            None,
            config=config,
            state_dict=state,
            dtype=torch.float32,
            ignore_mismatched_sizes=True,  # they are counted
            output_loading_info=True,
        )
    return built


def _told(files: ModelFiles) -> str:
    """The weights, for a sentence: one file, or the first to the last."""
    first, last = files.weights[0], files.weights[-1]
    return str(first) if first == last else f"{first} to {last.name}"


def _read_state(files: ModelFiles) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for path in files.weights:
        try:
            state |= _read_file(path, files.pickle_sha256)
        except ModelError:
            raise
        except Exception as error:  # safetensors and torch raise their own, one a kind of damage
            raise ModelError(f"The weights {path} cannot be read: {error}") from error
    return state


def _read_file(path: Path, pickle_sha256: str) -> dict[str, Any]:
    if path.suffix == SUFFIX:
        from safetensors.torch import load_file

        return dict(load_file(path))
    return _unpickle(path, pickle_sha256)


def _unpickle(path: Path, sha256: str) -> dict[str, Any]:
    # The hub's older checkpoints exist as pickles only. The hash says that it is the known file,
    # and torch's restricted unpickler would refuse code even then.
    if not sha256 or file_sha256(path) != sha256:
        raise ModelError(
            f"{path} is not the file that foundsound knows by its hash: it is damaged or "
            "was changed. Delete it, so that it is fetched again."
        )
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    return dict(state)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without transformers' progress bar and its table of keys: those that matter are checked."""
    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()
