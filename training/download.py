"""Fetches the Debian packages and unpacks their sounds; nothing is ever installed.

Needs a Debian 12 machine with ``apt-get`` and ``dpkg-deb`` and a fresh ``apt-get update``.
"""

import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from training.packages import Package

AUDIO_SUFFIXES = {".aif", ".aiff", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".wav"}
ZIP_SUFFIXES = {".data", ".pk3", ".wz", ".zip"}


def sound_folder(package: Package, cache_dir: Path) -> Path:
    """The folder holding the package's sounds under their paths, fetched on first use.

    Raises:
        subprocess.CalledProcessError: the archive no longer offers this version.
    """
    target = cache_dir / "sounds" / package.name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            archive = _fetch(package, Path(folder))
            sounds = Path(folder) / "sounds"
            sounds.mkdir()
            _unpack(archive, sounds)
            sounds.rename(target)
    return target


def sounds(folder: Path) -> list[Path]:
    """Every sound file below ``folder``, sorted, so that seeds mean the same everywhere."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _fetch(package: Package, folder: Path) -> Path:
    command = ["apt-get", "download", "-qq", f"{package.name}={package.version}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return next(folder.glob("*.deb"))


def _unpack(archive: Path, target: Path) -> None:
    # Streamed: the larger packages hold gigabytes that are not sound.
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            for member in tar:
                path = target / member.name
                suffix = path.suffix.lower()
                if not member.isfile() or suffix not in AUDIO_SUFFIXES | ZIP_SUFFIXES:
                    continue
                source = tar.extractfile(member)
                assert source is not None
                _write(source, path)
                if suffix in ZIP_SUFFIXES:
                    _unzip(path)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def _unzip(path: Path) -> None:
    """Put the sounds of a game's data archive in a folder beside it; drop the archive."""
    folder = path.with_suffix("")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = PurePosixPath(member.filename)
                if name.suffix.lower() in AUDIO_SUFFIXES and ".." not in name.parts:
                    with archive.open(member) as source:
                        _write(source, folder / name.relative_to(name.anchor))
    path.unlink()


def _write(source: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(source, file)
