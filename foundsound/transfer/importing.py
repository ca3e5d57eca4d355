"""An export into an empty library, as a whole or not at all.

Vectors are written first, the catalogue's rows in one transaction at the end: until that is
committed the library is empty. Vectors that a crash leaves behind belong to no sound, so that no
search shows them, and the next import begins by dropping them.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Root
from foundsound.catalog.spaces import all_spaces, delete_space
from foundsound.errors import InvalidRequest, LibraryBusy, LibraryError
from foundsound.lexical.document import words_key
from foundsound.lexical.refresh import check_words, refresh_words
from foundsound.opening import agree_on_store, make_folder, open_store, take_access
from foundsound.path_map import PathMap
from foundsound.settings import Settings
from foundsound.transfer.archive import Source
from foundsound.transfer.export import Progress
from foundsound.transfer.manifest import Manifest, SpaceEntry
from foundsound.transfer.rows import insert_tables, root_paths
from foundsound.transfer.shards import unpacked
from foundsound.transfer.tables import exported_tables
from foundsound.transfer.verify import verify
from foundsound.vectors.store import VectorStore

POINTS = 1000  # in one write
WORDS = 5000  # sounds between two words of progress
# A library that was merely opened, or told of a folder, has them; what is imported replaces them.
REPLACED = {"spaces", "space_calibrations", "roots", "root_mounts"}
NOT_EMPTY = (
    "This library is not empty: its table {table} has rows. Name an empty one by "
    "FOUNDSOUND_DATA_DIR, or on servers by FOUNDSOUND_DATABASE_URL and FOUNDSOUND_QDRANT_PREFIX."
)
IN_USE = (
    "Other foundsound processes have this library open. Stop API, workers and watchers, import, "
    "and start them again."
)


def import_library(
    settings: Settings,
    source: Source,
    moved: Sequence[str] = (),
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Bring an export into the library of ``settings``, which must be empty.

    Args:
        moved: where the export's folders lie now, each as ``there=here``.

    Returns:
        What was imported.

    Raises:
        InvalidRequest: the library is not empty, or ``moved`` does not fit the export's folders.
        LibraryBusy: another process has it open.
        LibraryError: the export is damaged; nothing was written.
        Unavailable: a server is away.
    """
    manifest = verify(source, progress)
    paths = _path_map(moved, root_paths(source))
    with _opened(settings) as library:
        _check_empty(library.catalog)
        _clear(library, manifest)
        try:
            _write_vectors(library.store, source, manifest, progress)
            progress("Writing the catalogue", 0, 0)
            with library.catalog.write(alone=True) as session:
                session.execute(delete(Root))
                insert_tables(session, source, manifest, paths)
        except BaseException:
            _clear(library, manifest)
            raise
        _finish(library, manifest, progress)
    return manifest


@dataclass(frozen=True)
class _Library:
    """Catalogue and store without a model: none is needed here."""

    catalog: Catalog
    store: VectorStore


@contextmanager
def _opened(settings: Settings) -> Iterator[_Library]:
    make_folder(settings.data_dir)
    with ExitStack() as opened:
        opened.callback(take_access(settings, 0.0).release)
        catalog = Catalog.of(settings)
        opened.callback(catalog.close)
        if not catalog.take_vectors(alone=True):
            raise LibraryBusy(IN_USE)
        store = open_store(settings)
        opened.callback(store.close)
        agree_on_store(catalog, store, settings)
        yield _Library(catalog, store)


def _check_empty(catalog: Catalog) -> None:
    with catalog.read() as session:
        for table in exported_tables():
            held = session.execute(select(table).limit(1)).first() is not None
            if held and table.name not in REPLACED:
                raise InvalidRequest(NOT_EMPTY.format(table=table.name))


def _clear(library: _Library, manifest: Manifest) -> None:
    """Drop the spaces of a library that holds no sound, and what a crash left of an import."""
    with library.catalog.write(alone=True) as session:
        keys = _forget_spaces(session)
    for key in {*keys, *(space.key for space in manifest.spaces)}:
        library.store.drop(key)


def _forget_spaces(session: Session) -> list[str]:
    spaces = all_spaces(session)
    for space in spaces:
        delete_space(session, space.id)
    return [space.key for space in spaces]


def _write_vectors(
    store: VectorStore, source: Source, manifest: Manifest, progress: Progress
) -> None:
    total, done = sum(space.windows for space in manifest.spaces), 0
    for space in manifest.spaces:
        index = store.open(space.key, space.dim)
        try:
            for name in space.parts:
                with source.open(name) as file:
                    points = unpacked(file.read(), space.dim)
                for start in range(0, len(points), POINTS):
                    index.upsert(points[start : start + POINTS])
                    done += len(points[start : start + POINTS])
                    progress("Writing vectors", done, total)
            _check_count(index.count(), space)
        finally:
            index.close()


def _check_count(held: int, space: SpaceEntry) -> None:
    if held != space.windows:
        raise LibraryError(
            f"The export is damaged: it has {held:,} vectors of {space.model}, not "
            f"{space.windows:,}."
        )


def _finish(library: _Library, manifest: Manifest, progress: Progress) -> None:
    """Let the right space serve, and words be found; both would be done later all the same."""
    for space in manifest.spaces:
        if space.active:
            library.store.serve(space.key)
    words = library.store.open_words(words_key())
    try:
        check_words(library.catalog, words)
        done = 0
        while written := refresh_words(library.catalog, words, most=WORDS):
            done += written
            progress("Writing words", done, manifest.sounds)
    finally:
        words.close()


def _path_map(moved: Sequence[str], roots: Sequence[bytes]) -> PathMap:
    """What ``--map`` says, of which each part must move a folder.

    Raises:
        InvalidRequest: a part is no pair of folders, or no folder of the export lies there.
    """
    for each in moved:
        try:
            moves = any(PathMap(each).local(root) != root for root in roots)
        except ValueError as error:
            raise InvalidRequest(f"{error}.") from error
        if not moves:
            there = ", ".join(os.fsdecode(root) for root in roots) or "none"
            raise InvalidRequest(f"'{each}' moves no folder of the export; it has {there}.")
    return PathMap(os.pathsep.join(moved))
