"""The files of a model on disk, and the hash that identifies a directory of them."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3

from foundsound.embedding.clap.features import PREPROCESSOR, PROCESSOR
from foundsound.embedding.clap.shards import INDEX, shards
from foundsound.errors import ModelError

CONFIG = "config.json"
SAFETENSORS = "model.safetensors"
PICKLE = "pytorch_model.bin"
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
)
SMALL_FILES = (CONFIG, PREPROCESSOR, PROCESSOR, *TOKENIZER_FILES)
"""Everything that decides a vector, save the weights."""
_TOKENIZERS = ({"tokenizer.json"}, {"vocab.json", "merges.txt"})  # either is enough
_EXTRACTORS = ({PREPROCESSOR}, {PROCESSOR})
_HASH_DIGITS = 16


@dataclass(frozen=True)
class ModelFiles:
    """A complete model on disk."""

    folder: Path
    """Holds the configuration, the front-end's settings and the tokenizer."""
    weights: tuple[Path, ...]
    """One file, or the shards in order."""
    pickle_sha256: str = ""
    """The hash that a pickled weights file must have; empty for safetensors."""


def has_tokenizer(folder: Path) -> bool:
    """True when ``folder`` holds a whole tokenizer."""
    there = {name for name in TOKENIZER_FILES if (folder / name).is_file()}
    return any(needed <= there for needed in _TOKENIZERS)


def missing_files(folder: Path) -> list[str]:
    """What ``folder`` lacks of a model's small files, in words; empty when nothing."""
    there = {name for name in SMALL_FILES if (folder / name).is_file()}
    missing = [] if CONFIG in there else [CONFIG]
    if not any(needed <= there for needed in _EXTRACTORS):
        missing.append(PREPROCESSOR)
    if not has_tokenizer(folder):
        missing.append("tokenizer.json (or vocab.json and merges.txt)")
    return missing


def has_weights(folder: Path) -> bool:
    """True when ``folder`` holds whole weights."""
    try:
        return not _missing_weights(folder)
    except ModelError:
        return False


def folder_files(folder: Path, known_pickles: Iterable[str] = ()) -> ModelFiles:
    """The model in ``folder``, in the layout of the hub.

    Args:
        known_pickles: SHA-256 of the pickled weights that may be opened; a pickle can hold code, so
            any other is refused.

    Raises:
        ModelError: a file is missing, the weights are an unknown pickle, or their index is damaged.
    """
    missing = [*missing_files(folder), *_missing_weights(folder)]
    if missing:
        raise ModelError(
            f"{folder} is no CLAP model in Hugging Face format: it lacks {', '.join(missing)}."
        )
    safe = _safetensors(folder)
    if safe:
        return ModelFiles(folder, safe)
    pickled = folder / PICKLE
    sha256 = file_sha256(pickled)
    if sha256 not in known_pickles:
        raise ModelError(
            f"{pickled} is a pickle that foundsound does not know, and a pickle can run code when "
            "it is opened. Save the model as safetensors: "
            "ClapModel.from_pretrained(…).save_pretrained(…)."
        )
    return ModelFiles(folder, (pickled,), sha256)


def _safetensors(folder: Path) -> tuple[Path, ...]:
    """The weights as safetensors: one file if there is one, else shards; empty without either."""
    if (folder / SAFETENSORS).is_file():
        return (folder / SAFETENSORS,)
    return shards(folder) if (folder / INDEX).is_file() else ()


def _missing_weights(folder: Path) -> list[str]:
    """What ``folder`` lacks of a model's weights."""
    safe = _safetensors(folder)
    if safe or (folder / PICKLE).is_file():
        return [path.name for path in safe if not path.is_file()]
    return [SAFETENSORS]


def fingerprint(files: ModelFiles) -> str:
    """BLAKE3 of everything that decides a vector, as 16 hex digits.

    The files are mapped and hashed on all cores: 0.2 s for 600 MB that were read before.

    Raises:
        ModelError: a file cannot be read.
    """
    total = blake3()
    small = (files.folder / name for name in SMALL_FILES)
    for path in (*(path for path in small if path.is_file()), *files.weights):
        total.update(path.name.encode() + b"\0" + _digest(path))
    return total.hexdigest()[:_HASH_DIGITS]


def file_fingerprint(path: Path) -> str:
    """BLAKE3 of one file, as 16 hex digits.

    Raises:
        ModelError: it cannot be read.
    """
    return _digest(path).hex()[:_HASH_DIGITS]


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as hex.

    Raises:
        ModelError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error


def read_config(folder: Path) -> dict[str, Any]:
    """The model's configuration.

    Raises:
        ModelError: it is missing, or not that of a CLAP model.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{folder / CONFIG} cannot be read: {error}.") from error
    if not isinstance(config, dict) or config.get("model_type") != "clap":
        raise ModelError(f"{folder} holds no CLAP model: its {CONFIG} does not say so.")
    return config


def _digest(path: Path) -> bytes:
    try:
        return blake3(max_threads=blake3.AUTO).update_mmap(path).digest()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
