"""The model classes of the ``laion-clap`` package, and nothing else of it.

Importing the package as it is would put its folder on ``sys.path`` and import its training code
(webdataset, h5py, torchvision, …), and it pins numpy below 2. Its model files alone need torch,
transformers and torchlibrosa.
"""

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
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
# Imported by its utilities for training, which we do not use.
_TRAINING_ONLY = ("h5py", "torchvision", "torchvision.ops")
_FROZEN_NORM = "torchvision.ops.misc"


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
        with _without_training(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its syntax and its dependencies
            return importlib.import_module(f"{_PRIVATE}.model")
    except ImportError as error:
        raise ModelError(f"{INSTALL_HINT} ({error})") from error


@contextmanager
def _without_training() -> Iterator[None]:
    """Stand-ins for what is imported for training only, for as long as the import takes."""
    stand_ins: dict[str, Any] = {name: ModuleType(name) for name in _TRAINING_ONLY}
    stand_ins[_FROZEN_NORM] = ModuleType(_FROZEN_NORM)
    stand_ins[_FROZEN_NORM].FrozenBatchNorm2d = type("FrozenBatchNorm2d", (), {})
    before = {name: sys.modules.get(name) for name in stand_ins}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
