"""The models foundsound knows by name."""

import os
from collections.abc import Callable
from pathlib import Path

from foundsound.embedding.embedder import Embedder
from foundsound.errors import ModelError
from foundsound.settings import Settings


def _starter(settings: Settings) -> Embedder:
    from foundsound.embedding.starter.model import StarterEmbedder

    return StarterEmbedder(settings.cache_dir, _threads(settings))


def _starter_bridge(settings: Settings) -> Embedder:
    from foundsound.embedding.starter.bridge_model import BridgeEmbedder

    return BridgeEmbedder(settings.cache_dir, _threads(settings))


def _starter_head(path: Path, settings: Settings) -> Embedder:
    from foundsound.embedding.starter.model import StarterEmbedder

    return StarterEmbedder(settings.cache_dir, _threads(settings), path)


def _threads(settings: Settings) -> int:
    return settings.thread_count


_MODELS: dict[str, Callable[[Settings], Embedder]] = {
    "starter": _starter,
    "starter-bridge": _starter_bridge,
}


def model_names() -> list[str]:
    """Names that :func:`create_embedder` takes, beside folders and files."""
    from foundsound.embedding.clap.checkpoints import CHECKPOINTS

    return [*sorted(_MODELS), *CHECKPOINTS]


def full_name(name: str) -> str:
    """The name by which a process in any folder finds the model: its path from the root."""
    if name in _MODELS:
        return name
    if _is_head(name):
        return str(Path(os.path.expanduser(name)).resolve())
    from foundsound.embedding.clap.load import full_name as clap_name

    return clap_name(name)


def needs_weights(name: str) -> bool:
    """True for a model whose weights do not come with the installation."""
    return name not in _MODELS and not _is_head(name)


def _is_head(name: str) -> bool:
    """True for a head of the starter model that ``training/`` wrote."""
    path = Path(os.path.expanduser(name))
    return path.suffix == ".npz" and path.is_file()


def create_embedder(name: str, settings: Settings) -> Embedder:
    """Make a model; its weights load on first use.

    Args:
        name: one of :func:`model_names`, any folder with a CLAP checkpoint in Hugging Face's
            format, an original LAION ``.pt`` file, or a ``.npz`` head of the starter model.

    Raises:
        ModelError: no model has that name, or what it needs is not installed.
    """
    if name in _MODELS:
        return _MODELS[name](settings)
    if _is_head(name):
        return _starter_head(Path(full_name(name)), settings)
    from foundsound.embedding.clap.load import create_clap, is_clap_name

    if is_clap_name(name):
        return create_clap(name, settings)
    raise ModelError(
        f"There is no model '{name}'. Known models: {', '.join(model_names())}, a folder with a "
        "CLAP checkpoint, or a .pt file of LAION's."
    )
