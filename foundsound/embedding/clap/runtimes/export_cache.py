"""A model's converted files in the cache: written once, whole or not at all, by any process.

A folder a model version. Its manifest, written last, carries each file's hash; a file is hashed
before its first use (0.1 s for 120 MB), and a damaged or missing one makes the export anew.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from blake3 import blake3
from filelock import FileLock

from foundsound.embedding.clap.runtimes.leftovers import (
    NEW,
    OLD,
    remove_leftovers,
    temporary_folder,
)
from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError

FORMAT = "x4"  # changes whenever another version of foundsound would write other files
MANIFEST = "manifest.json"
FACTS = "facts.json"
AUDIO = "audio.onnx"
TEXT = "text.onnx"
TEXT_INT8 = "text-int8.onnx"
TOKENIZER = "tokenizer.json"
REFERENCE = "reference.npz"

Build = Callable[[Path], None]
"""Writes every file into an empty folder."""


class ConversionError(ModelError):
    """The model works in torch, but its converted files cannot be made or kept."""


@dataclass(frozen=True)
class Reference:
    """What the model must give on the fixed inputs, in float32; and its filter bank."""

    audio: Floats
    """Vectors of the fixed sounds by torch, ``[n, dim]``, unit length."""
    text: Floats
    """Vectors of the fixed texts by onnxruntime, which agrees with torch; as above."""
    bank: Floats
    """Filter bank of the front-end, ``[bins, mels]``."""


class Export:
    """The converted files of one model.

    Args:
        cache: holds the converted files of all models.
        version: of the model; names its folder.
        build: makes the files when they are missing or damaged.
    """

    def __init__(self, cache: Path, version: str, build: Build) -> None:
        self.folder = cache / "clap" / f"{version}-{FORMAT}"
        self._build = build
        self._whole: set[str] = set()

    def file(self, name: str) -> Path:
        """The path of a file that is whole.

        Raises:
            ModelError: it has to be made, and cannot be.
        """
        if name not in self._whole and not self._is_whole(name):
            self._make(name)
        self._whole.add(name)
        return self.folder / name

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Numbers that the model's files told."""
        found: dict[str, Any] = json.loads(self.file(FACTS).read_text(encoding="utf-8"))
        return found

    @cached_property
    def reference(self) -> Reference:
        """See :class:`Reference`."""
        with np.load(self.file(REFERENCE)) as arrays:
            return Reference(arrays["audio"], arrays["text"], arrays["bank"])

    def _make(self, needed: str) -> None:
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.folder}.lock"):
                if self._is_whole(needed):  # another process made it meanwhile
                    return
                remove_leftovers(self.folder)
                with temporary_folder(NEW, self.folder) as name:
                    self._build(Path(name))
                    _write_manifest(Path(name))
                    self._replace(Path(name))
        except OSError as error:
            raise ConversionError(
                f"The converted model cannot be written to {self.folder}: {error}. Free some "
                "disk, set FOUNDSOUND_CACHE_DIR, or set FOUNDSOUND_CLAP_RUNTIME=torch-fp32."
            ) from error

    def _replace(self, made: Path) -> None:
        if self.folder.exists():
            with temporary_folder(OLD, self.folder) as old:
                os.replace(self.folder, Path(old) / "export")
        shutil.copymode(self.folder.parent, made)  # a temporary folder is for its owner alone
        os.replace(made, self.folder)
        made.mkdir()  # for the TemporaryDirectory to remove

    def _is_whole(self, name: str) -> bool:
        try:
            expected = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))[name]
            return bool(_hash(self.folder / name) == expected)
        except (OSError, ValueError, KeyError, TypeError):
            return False


def write_atomically(path: Path, content: str) -> None:
    """Write a small file that a reader finds whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(content, encoding="utf-8")
    os.replace(partial, path)


def _write_manifest(folder: Path) -> None:
    hashes = {path.name: _hash(path) for path in sorted(folder.iterdir())}
    write_atomically(folder / MANIFEST, json.dumps(hashes, indent=1))


def _hash(path: Path) -> str:
    return blake3(max_threads=blake3.AUTO).update_mmap(path).hexdigest()
