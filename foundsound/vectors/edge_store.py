"""Spaces on one machine: a folder of Edge shards, and a file that names the one that serves."""

import json
import os
import shutil
from pathlib import Path

from foundsound.errors import LibraryError
from foundsound.vectors.edge import EdgeIndex
from foundsound.vectors.edge_lexical import EdgeLexicalIndex
from foundsound.vectors.store import check_space, space_name

POINTER = "serving"
MARK = "mark"
DESCRIPTION = "space.json"


class EdgeStore:
    """A VectorStore in ``directory``. The caller holds the library's lock, see ``edge.py``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def open(self, space_key: str, dim: int) -> EdgeIndex:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        folder = self._checked_folder(space_key)
        index = EdgeIndex(folder, space_key, dim)
        _describe(folder, {"space": space_key, "dim": dim})
        return index

    def open_words(self, key: str) -> EdgeLexicalIndex:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        folder = self._checked_folder(key)
        index = EdgeLexicalIndex(folder)
        _describe(folder, {"space": key})
        return index

    def exists(self, space_key: str) -> bool:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        return self._folder(space_key).is_dir()

    def serve(self, space_key: str) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        self._directory.mkdir(parents=True, exist_ok=True)
        _write(self._directory / POINTER, space_name(space_key))

    def serving(self) -> str | None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        return _text(self._directory / POINTER)

    def mark(self) -> str | None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        return _text(self._directory / MARK)

    def set_mark(self, mark: str) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        self._directory.mkdir(parents=True, exist_ok=True)
        _write(self._directory / MARK, mark)

    def drop(self, space_key: str) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""
        folder = self._folder(space_key)
        doomed = folder.with_name(f"{folder.name}.dropped")
        shutil.rmtree(doomed, ignore_errors=True)
        try:
            # Renamed first: a crash half-way leaves rubbish, not half an index.
            if folder.exists():
                os.replace(folder, doomed)
                shutil.rmtree(doomed)
        except OSError as error:
            raise LibraryError(f"The vectors in {folder} cannot be deleted: {error}") from error

    def close(self) -> None:
        """See :class:`~foundsound.vectors.store.VectorStore`."""

    def _checked_folder(self, key: str) -> Path:
        folder = self._folder(key)
        description = folder / DESCRIPTION
        if description.exists():
            check_space(_read(description).get("space"), key, str(folder))
        return folder

    def _folder(self, space_key: str) -> Path:
        return self._directory / space_name(space_key)


def _describe(folder: Path, description: dict[str, object]) -> None:
    file = folder / DESCRIPTION
    if not file.exists():
        _write(file, json.dumps(description))


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryError(f"{file} cannot be read: {error}") from error


def _read(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LibraryError(f"{file} cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _write(file: Path, text: str) -> None:
    """Replace a file's content in one step, durably."""
    partial = file.with_name(f"{file.name}.new")
    try:
        with partial.open("w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(partial, file)
    except OSError as error:
        raise LibraryError(f"{file} cannot be written: {error}") from error
