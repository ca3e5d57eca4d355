"""Makes CLAP embedders from names: a checkpoint of the hub, a directory, a file of LAION's."""

from pathlib import Path

from foundsound.embedding.clap.checkpoints import CHECKPOINTS, checkpoint
from foundsound.embedding.clap.embedder import ClapEmbedder
from foundsound.embedding.clap.encoder import Encoder
from foundsound.embedding.clap.files import has_weights, missing_files
from foundsound.embedding.clap.hub import cached_files
from foundsound.embedding.clap.sources import FolderSource, HubSource, Source
from foundsound.embedding.embedder import Embedder
from foundsound.errors import ModelError
from foundsound.settings import Settings

HUB_PREFIX = "laion/"
INSTALL_HINT = "CLAP needs torch and transformers. Run: pip install 'foundsound[clap]'"


def is_clap_name(name: str) -> bool:
    """True for a checkpoint of LAION's on the hub and for a directory."""
    return name.startswith(HUB_PREFIX) or Path(name).expanduser().is_dir()


def create_clap(name: str, settings: Settings) -> Embedder:
    """The CLAP model called ``name``; its weights load on first use.

    Raises:
        ModelError: the checkpoint is unknown or refused, or the directory holds no CLAP model.
    """
    source = _source(name)
    return ClapEmbedder(source, settings, lambda: _load(source, settings))


def weights_available(name: str, settings: Settings) -> bool:
    """True when the model called ``name`` can be loaded without a network."""
    del settings  # the cache has a place of its own, which huggingface_hub knows
    folder = Path(name).expanduser()
    if folder.is_dir():
        return not missing_files(folder) and has_weights(folder)
    known = CHECKPOINTS.get(name)
    return known is not None and cached_files(known) is not None


def _source(name: str) -> Source:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return FolderSource(folder)
    return HubSource(checkpoint(name))


def _load(source: Source, settings: Settings) -> Encoder:
    try:
        from foundsound.embedding.clap.loading import load_encoder
    except ImportError as error:
        raise ModelError(INSTALL_HINT) from error
    return load_encoder(source, settings)
