"""Where the parts of an export lie: in a folder, or in one ZIP file. Writing and reading either."""

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from zipstream import ZIP_DEFLATED, ZIP_STORED, ZipStream

from foundsound.errors import InvalidRequest, LibraryError
from foundsound.transfer.export import Part
from foundsound.transfer.manifest import MOST_BYTES, NAME, Manifest, unsealed

NO_EXPORT = "{path} is no export of a foundsound library, or only a part of one."
# What zipfile raises while it reads a file that is torn or was changed.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)


class Source(Protocol):
    """An export that is read."""

    def open(self, name: str) -> IO[bytes]:
        """A part's bytes.

        Raises:
            LibraryError: it is not there.
        """


def zipped(parts: Iterable[Part]) -> Iterator[bytes]:
    """One ZIP file, made while it is read; vectors hardly get smaller and stay as they are."""
    archive = ZipStream()
    for part in parts:
        stored = part.name.startswith("vectors/")
        kind, level = (ZIP_STORED, None) if stored else (ZIP_DEFLATED, 1)
        archive.add(part.blocks, part.name, compress_type=kind, compress_level=level)
        yield from archive.file()
    yield from archive.footer()


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A place beside ``path`` that takes its place when the body ends, and goes when it fails.

    Raises:
        InvalidRequest: something lies at ``path`` already.
    """
    if path.exists():
        raise InvalidRequest(f"{path} exists already; name a new place.")
    if not path.parent.is_dir():
        raise InvalidRequest(f"There is no folder {path.parent}.")
    partial = path.with_name(f".{path.name}.part-{os.getpid()}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        partial.unlink(missing_ok=True)


def write_file(blocks: Iterable[bytes], path: Path) -> None:
    """Write bytes durably into a new file that nobody else may read: alerts have secrets."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def write_folder(parts: Iterable[Part], folder: Path) -> None:
    """Write each part into a file of its own, in a new folder."""
    folder.mkdir(mode=0o700)
    for part in parts:
        file = folder / part.name
        file.parent.mkdir(mode=0o700, exist_ok=True)
        write_file(part.blocks, file)


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """An export for reading, whichever form it has.

    Raises:
        InvalidRequest: there is nothing.
        LibraryError: it is no export; also if it turns out while the body reads it.
    """
    if not path.exists():
        raise InvalidRequest(f"There is no {path}.")
    try:
        if path.is_dir():
            yield _Folder(path)
        else:
            with _opened(path) as archive:
                yield _Zip(archive, path)
    except DAMAGED as error:
        raise LibraryError(NO_EXPORT.format(path=path)) from error


def manifest_of(path: Path) -> Manifest:
    """What an export says of itself, unchecked but for the manifest.

    Raises:
        InvalidRequest, LibraryError: as :func:`open_source` and ``unsealed``.
    """
    with open_source(path) as source, source.open(NAME) as file:
        return unsealed(file.read(MOST_BYTES))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError:
        raise
    except Exception as error:  # a damaged directory ends in any of a dozen errors
        raise LibraryError(NO_EXPORT.format(path=path)) from error


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> IO[bytes]:
        try:
            return (self._folder / name).open("rb")
        except FileNotFoundError as error:
            raise LibraryError(NO_EXPORT.format(path=self._folder)) from error


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive = archive
        self._path = path

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._archive.open(name)
        except OSError:
            raise
        except Exception as error:  # no such part, or one that says it is encrypted
            raise LibraryError(NO_EXPORT.format(path=self._path)) from error
