"""Where a model's files come from, and what names its vectors."""

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Protocol

from foundsound.embedding.clap.checkpoints import CHECKPOINTS, Checkpoint
from foundsound.embedding.clap.files import (
    CONFIG,
    ModelFiles,
    file_fingerprint,
    fingerprint,
    folder_files,
    read_config,
)
from foundsound.embedding.clap.hub import fetch
from foundsound.errors import ModelError

FRONT_END = "mel1"  # changes whenever the same window would give another vector
LAION_FRONT_END = "pt1"  # the same, of what runs LAION's own models
DIM = 512  # of every checkpoint on the hub


class Source(Protocol):
    """One model, loaded or not."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def version(self) -> str:
        """Identifies its vectors; fit for a file name."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def check_unchanged(self) -> None:
        """To be called once it is loaded: what was loaded is what ``version`` names.

        Raises:
            ModelError: its files are others now.
        """


class FilesSource(Source, Protocol):
    """One in Hugging Face format."""

    def files(self) -> ModelFiles:
        """Its files, downloaded if need be.

        Raises:
            ModelError: they cannot be had.
        """


class HubSource:
    """A pinned checkpoint; its version needs no files."""

    dim = DIM

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.name = checkpoint.name
        self._checkpoint = checkpoint
        commits = dict.fromkeys((checkpoint.revision, checkpoint.weights.revision))
        short = "-".join(commit[:10] for commit in commits)
        self.version = f"clap-{_slug(checkpoint.name)}-{short}-{FRONT_END}"

    def files(self) -> ModelFiles:
        """See :class:`Source`."""
        return fetch(self._checkpoint)

    def check_unchanged(self) -> None:
        """See :class:`Source`; of a pinned commit it is."""


class FolderSource:
    """A directory in Hugging Face format; its version is a hash of what is in it.

    Raises:
        ModelError: it holds no complete CLAP model, or only pickled weights.
    """

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        forms = [form for known in CHECKPOINTS.values() for form in known.forms]
        pickles = [form.sha256 for form in forms if form.sha256]
        self._files = folder_files(folder, pickles)

    @cached_property
    def version(self) -> str:
        """See :class:`Source`."""
        return f"clap-{fingerprint(self._files)}-{FRONT_END}"

    @cached_property
    def dim(self) -> int:
        """See :class:`Source`."""
        dim = read_config(self._files.folder).get("projection_dim", DIM)
        if type(dim) is not int or dim < 1:
            raise ModelError(
                f"The {CONFIG} of the model in {self.name} gives its vectors the length "
                f"{json.dumps(dim)}; set projection_dim to a whole number, as it was in training."
            )
        return dim

    def files(self) -> ModelFiles:
        """See :class:`Source`."""
        return self._files

    def check_unchanged(self) -> None:
        """See :class:`Source`."""
        if f"clap-{fingerprint(self._files)}-{FRONT_END}" != self.version:
            raise _changed(f"The files in {self.name}")


class FileSource:
    """A LAION ``.pt`` file; its version is a hash of its content."""

    dim = DIM

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    @cached_property
    def version(self) -> str:
        """See :class:`Source`."""
        return f"clap-laion-{file_fingerprint(self._path)}-{LAION_FRONT_END}"

    def check_unchanged(self) -> None:
        """See :class:`Source`."""
        if FileSource(self._path).version != self.version:
            raise _changed(self.name)


def _changed(what: str) -> ModelError:
    return ModelError(f"{what} changed while the model was loaded; try again once that is over.")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.rsplit("/", 1)[-1].lower())
