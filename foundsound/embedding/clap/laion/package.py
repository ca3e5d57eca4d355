"""The model classes of the ``laion-clap`` package, and nothing else of it.

Importing the package as it is would put its folder on ``sys.path`` and import its training code
(webdataset, h5py, torchvision, …), and it pins numpy below 2. Its model files alone need torch,
transformers and torchlibrosa.
"""

import builtins
import importlib
import importlib.util
import sys
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from foundsound.errors import ModelError

INSTALL_HINT = (
    "A LAION .pt checkpoint needs the package laion-clap. Run: "
    "pip install 'foundsound[clap,laion]' && pip install --no-deps laion-clap"
)
_PRIVATE = "_foundsound_laion_clap"  # so that the user's own import of the package is another one
_TRAINED_WITH = ("utils", "timm_model")  # what imports training code; in order of need
_FROZEN_NORM = "torchvision.ops.misc"
_VISION = "timm"


@cache
def model_module() -> Any:
    """``laion_clap.clap_module.model``, as a module of our own.

    Raises:
        ModelError: the package, or what its models need, is not installed.
    """
    spec = importlib.util.find_spec("laion_clap")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(INSTALL_HINT)
    package = ModuleType(_PRIVATE)
    package.__path__ = [str(Path(spec.submodule_search_locations[0]) / "clap_module")]
    sys.modules[_PRIVATE] = package
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its syntax and its dependencies
            for name in _TRAINED_WITH:
                _import_without_training(f"{_PRIVATE}.{name}")
            return importlib.import_module(f"{_PRIVATE}.model")
    except ImportError as error:
        raise ModelError(f"{INSTALL_HINT} ({error})") from error


def _import_without_training(name: str) -> None:
    """Import one module that alone sees stand-ins; in ``sys.modules`` transformers would too."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module {name}")
    module = importlib.util.module_from_spec(spec)
    vars(module)["__builtins__"] = vars(builtins) | {"__import__": _import}
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _import(name: str, *details: Any, **named: Any) -> Any:
    """``__import__``, with stand-ins for what is needed for training only."""
    if name == "h5py":
        return ModuleType(name)
    if name == _FROZEN_NORM:
        stand_in: Any = ModuleType(name)
        stand_in.FrozenBatchNorm2d = type("FrozenBatchNorm2d", (), {})
        return stand_in
    if name == _VISION:  # which laion-clap does without
        raise ImportError(name)
    return builtins.__import__(name, *details, **named)
