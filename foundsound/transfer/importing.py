"""An export into an empty library: there is all of it in the end, or no library.

Vectors are written first, the catalogue's rows in one transaction at the end. A row says how far
the import has come (``catalog/running_import.py``): until the end nobody can use the library, and
the same import goes on from there, whatever cut it off.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import permutations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Root
from foundsound.catalog.paths import contains
from foundsound.catalog.running_import import (
    RunningImport,
    advance_import,
    begin_import,
    end_import,
    rows_are_imported,
    running_import,
)
from foundsound.catalog.spaces import all_spaces, delete_space
from foundsound.errors import InvalidRequest, LibraryBusy, LibraryError, Unavailable
from foundsound.lexical.document import words_key
from foundsound.lexical.refresh import check_words, refresh_words
from foundsound.opening import (
    agree_on_store,
    make_folder,
    open_store,
    take_access,
    vectors_taken,
)
from foundsound.path_map import PathMap
from foundsound.settings import Settings
from foundsound.transfer.archive import Source
from foundsound.transfer.export import Progress
from foundsound.transfer.manifest import Manifest
from foundsound.transfer.rows import insert_tables, root_paths
from foundsound.transfer.tables import exported_tables
from foundsound.transfer.vectors import write_vectors
from foundsound.transfer.verify import verify
from foundsound.vectors.store import VectorStore

WORDS = 2500  # sounds in one write: large ones are cheaper, and nobody waits for this one
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
KEPT = "What has come so far is kept: the same command goes on."


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
        LibraryError: the export is damaged; nothing of it is kept.
        Unavailable: a server is away; what was written is kept.
    """
    manifest = verify(source, progress)
    paths = _path_map(moved, root_paths(source))
    with _opened(settings) as library:
        begun = _begun(library, manifest)
        try:
            if not begun.has_rows:
                write_vectors(
                    library.store, source, manifest, begun.parts, library.advance, progress
                )
                with library.catalog.write(alone=True, unhurried=True) as session:
                    session.execute(delete(Root))
                    insert_tables(session, source, manifest, paths, progress)
                    rows_are_imported(session)
            _finish(library, manifest, progress)
        except (InvalidRequest, LibraryError):  # another attempt would end in the same way
            with suppress(Unavailable):
                _discard(library, begun.spaces)
            raise
        except Unavailable as error:
            raise Unavailable(f"{error} {KEPT}") from error
    return manifest


def discard_import(settings: Settings) -> None:
    """Drop what an import that was cut off has written: the library is empty again.

    Raises:
        InvalidRequest: none was.
        LibraryBusy: another process has the library open.
        Unavailable: a server is away.
    """
    with _opened(settings) as library:
        with library.catalog.read() as session:
            found = running_import(session)
        if found is None or found.has_rows:
            raise InvalidRequest("No import was cut off here: there is nothing to discard.")
        _discard(library, found.spaces)


@dataclass(frozen=True)
class _Library:
    """Catalogue and store without a model: none is needed here."""

    catalog: Catalog
    store: VectorStore

    def advance(self, parts: int) -> None:
        """So many parts of the vectors are written."""
        with self.catalog.write() as session:
            advance_import(session, parts)


@contextmanager
def _opened(settings: Settings) -> Iterator[_Library]:
    make_folder(settings.data_dir)
    with ExitStack() as opened:
        opened.callback(take_access(settings, 0.0).release)
        catalog = Catalog.of(settings)
        opened.callback(catalog.close)
        if not vectors_taken(catalog, alone=True):
            raise LibraryBusy(IN_USE)
        store = open_store(settings)
        opened.callback(store.close)
        agree_on_store(catalog, store, settings)
        yield _Library(catalog, store)


def _begun(library: _Library, manifest: Manifest) -> RunningImport:
    """The same import as far as it came, or a new one into an empty library."""
    with library.catalog.read() as session:
        found = running_import(session)
        if found is not None and found.seal == manifest.seal:
            return found
        _check_empty(session)
        keys = {space.key for space in all_spaces(session)}
    begun = RunningImport(manifest.seal, [space.key for space in manifest.spaces])
    for key in {*keys, *begun.spaces, *(found.spaces if found else ())}:
        library.store.drop(key)
    with library.catalog.write(alone=True) as session:
        for space in all_spaces(session):
            delete_space(session, space.id)
        begin_import(session, begun)
    return begun


def _check_empty(session: Session) -> None:
    for table in exported_tables():
        held = session.execute(select(table).limit(1)).first() is not None
        if held and table.name not in REPLACED:
            raise InvalidRequest(NOT_EMPTY.format(table=table.name))


def _discard(library: _Library, spaces: Sequence[str]) -> None:
    for key in spaces:
        library.store.drop(key)
    with library.catalog.write(alone=True) as session:
        end_import(session)


def _finish(library: _Library, manifest: Manifest, progress: Progress) -> None:
    """Let the right space serve, and words be found; both would be done later all the same."""
    for space in manifest.spaces:
        if space.active:
            library.store.serve(space.key)
    words = library.store.open_words(words_key())
    try:
        check_words(library.catalog, words)
        done = 0
        progress("Writing words", done, manifest.sounds)
        while written := refresh_words(library.catalog, words, most=WORDS, batch=WORDS):
            done += written
            progress("Writing words", done, manifest.sounds)
    finally:
        words.close()
    with library.catalog.write() as session:
        end_import(session)


def _path_map(moved: Sequence[str], roots: Sequence[bytes]) -> PathMap:
    """What ``--map`` says, of which each part must move a folder.

    Raises:
        InvalidRequest: a part is no pair of folders, no folder of the export lies there, or one
            would lie inside another.
    """
    for each in moved:
        try:
            moves = any(PathMap(each).local(root) != root for root in roots)
        except ValueError as error:
            raise InvalidRequest(f"{error}.") from error
        if not moves:
            there = ", ".join(os.fsdecode(root) for root in roots) or "none"
            raise InvalidRequest(f"'{each}' moves no folder of the export; it has {there}.")
    paths = PathMap(os.pathsep.join(moved))
    for above, below in permutations(roots, 2):
        outer, inner = paths.local(above), paths.local(below)
        nested = os.path.relpath(inner, outer)
        if contains(outer, inner) and nested != os.path.relpath(below, above):
            raise InvalidRequest(
                f"With this map {os.fsdecode(inner)} would lie inside {os.fsdecode(outer)}, "
                "which knew nothing of it."
            )
    return paths
