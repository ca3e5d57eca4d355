"""Makes CLAP embedders from names: a checkpoint of the hub, a directory, a file of LAION's."""

import os
from functools import partial
from pathlib import Path

from foundsound.embedding.clap.checkpoints import CHECKPOINTS, checkpoint
from foundsound.embedding.clap.embedder import ClapEmbedder
from foundsound.embedding.clap.files import has_weights, missing_files
from foundsound.embedding.clap.gpu_failure import load_on_gpu_or_cpu
from foundsound.embedding.clap.hub import cached_files
from foundsound.embedding.clap.sources import (
    FileSource,
    FilesSource,
    FolderSource,
    HubSource,
)
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.encoder import Encoder
from foundsound.errors import ModelError
from foundsound.settings import Settings

HUB_PREFIX = "laion/"
LAION_SUFFIX = ".pt"
INSTALL_HINT = "CLAP needs torch and transformers. Run: pip install 'foundsound[clap]'"


def is_clap_name(name: str) -> bool:
    """True for a checkpoint of LAION's on the hub, a directory, and a ``.pt`` file."""
    path = Path(os.path.expanduser(name))
    return name.startswith(HUB_PREFIX) or path.is_dir() or _is_laion_file(path)


def full_name(name: str) -> str:
    """The name by which any process finds the model: a path from the root, or the hub's name."""
    path = Path(os.path.expanduser(name))
    if name.startswith(HUB_PREFIX) or not (path.is_dir() or _is_laion_file(path)):
        return name
    return str(path.resolve())


def create_clap(name: str, settings: Settings) -> Embedder:
    """The CLAP model called ``name``; its weights load on first use.

    Raises:
        ModelError: the checkpoint is unknown or refused, or the directory holds no CLAP model.
    """
    path = Path(full_name(name))
    if name.startswith(HUB_PREFIX):
        hub = HubSource(checkpoint(name))
        return ClapEmbedder(hub, settings, lambda: _load(hub, settings))
    if _is_laion_file(path):
        file = FileSource(path)
        return ClapEmbedder(file, settings, lambda: _load_laion(file, settings))
    source = FolderSource(path)
    return ClapEmbedder(source, settings, lambda: _load(source, settings))


def weights_available(name: str, settings: Settings) -> bool:
    """True when the model called ``name`` can be loaded without a network."""
    del settings  # the cache has a place of its own, which huggingface_hub knows
    path = Path(os.path.expanduser(name))
    if path.is_dir():
        return not missing_files(path) and has_weights(path)
    known = CHECKPOINTS.get(name)
    return _is_laion_file(path) or (known is not None and cached_files(known) is not None)


def _is_laion_file(path: Path) -> bool:
    return path.suffix == LAION_SUFFIX and path.is_file()


def _load(source: FilesSource, settings: Settings) -> Encoder:
    try:
        from foundsound.embedding.clap.loading import load_encoder
    except ImportError as error:
        raise ModelError(INSTALL_HINT) from error
    return load_on_gpu_or_cpu(source.name, partial(load_encoder, source), settings)


def _load_laion(source: FileSource, settings: Settings) -> Encoder:
    try:
        from foundsound.embedding.clap.laion.encoder import load_laion
    except ImportError as error:
        raise ModelError(INSTALL_HINT) from error
    return load_on_gpu_or_cpu(source.name, partial(load_laion, source), settings)
