"""What a library is opened from: its folder, its vectors' store, and who may open it."""

import time
import uuid
from pathlib import Path

from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.running_import import running_import
from foundsound.catalog.vectors_mark import (
    VectorsMark,
    has_vectors,
    set_vectors_mark,
    vectors_mark,
)
from foundsound.errors import LibraryBusy, LibraryError
from foundsound.ownership import OwnerLock, SharedAccess
from foundsound.settings import Settings
from foundsound.vectors.placement import Placement
from foundsound.vectors.store import VectorStore

ALONE_AMONG_OTHERS = (
    "Another process uses this catalogue with vectors that this one cannot reach. Processes that "
    "share a database need a Qdrant server: set FOUNDSOUND_QDRANT_URL."
)
OTHERS_ALONE = (
    "Another process keeps this catalogue's vectors in its own folder. Start it anew with "
    "FOUNDSOUND_QDRANT_URL."
)
OTHERS_STORE = (
    "{where} holds another library's vectors. Check FOUNDSOUND_QDRANT_URL; each library on a "
    "Qdrant server needs a FOUNDSOUND_QDRANT_PREFIX of its own."
)
NO_VECTORS = (
    "{where} has none of this library's vectors. Check FOUNDSOUND_QDRANT_URL, "
    "FOUNDSOUND_QDRANT_PREFIX and FOUNDSOUND_DATA_DIR. If the vectors are lost for good, "
    "'foundsound model vectors-lost' has everything embedded again."
)
HALF_IMPORTED = (
    "An import into this library is under way or was cut off. 'foundsound import', with the same "
    "export, goes on where it stopped; 'foundsound import --discard' empties the library again."
)
AGREE_S = 3.0  # a process that was just killed holds its say for a moment


def is_shared(settings: Settings) -> bool:
    """True when other processes may have the library open at the same time."""
    return settings.qdrant_url is not None


def take_access(settings: Settings, wait_s: float) -> OwnerLock | SharedAccess:
    """The right to open the library; vectors in its folder have one owner at a time.

    Raises:
        LibraryBusy: another process owns it.
    """
    if is_shared(settings):
        return SharedAccess(settings.data_dir)
    return OwnerLock(settings.data_dir, wait_s)


def agree_on_vectors(catalog: Catalog, settings: Settings) -> None:
    """Make sure that no other process keeps this catalogue's vectors elsewhere.

    Each of the two would take the other's vectors for lost, and embed everything again.

    Raises:
        LibraryBusy: another process does.
    """
    alone = not is_shared(settings)
    if not vectors_taken(catalog, alone=alone):
        raise LibraryBusy(ALONE_AMONG_OTHERS if alone else OTHERS_ALONE)


def vectors_taken(catalog: Catalog, *, alone: bool) -> bool:
    """True when the vectors are ours to use, see :meth:`Catalog.take_vectors`."""
    deadline = time.monotonic() + AGREE_S
    while not catalog.take_vectors(alone=alone):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def check_no_import(catalog: Catalog) -> None:
    """Make sure that the catalogue is that of a whole library.

    Raises:
        LibraryError: an import into it has not come to its end.
    """
    with catalog.read() as session:
        found = running_import(session)
    if found is not None and not found.has_rows:
        raise LibraryError(HALF_IMPORTED)


def agree_on_store(catalog: Catalog, store: VectorStore, settings: Settings) -> None:
    """Make sure that the store is the one into which the catalogue's sounds were embedded.

    Any other one would look as if all vectors were lost, and everything be embedded again.

    Raises:
        LibraryError: it is another one.
        Unavailable: one of them is away.
    """
    with catalog.read() as session:
        known = vectors_mark(session)
    found = store.mark()
    if known is not None and known == VectorsMark(found or "", placed=True):
        return
    # First the catalogue has the mark, then the store, then the catalogue knows that: a crash in
    # between leaves a mark that may be placed.
    with catalog.write(alone=True) as session:
        known = vectors_mark(session) or VectorsMark(uuid.uuid4().hex, placed=False)
        set_vectors_mark(session, known.mark, placed=known.placed)
    with catalog.write(alone=True) as session:
        known, found = vectors_mark(session), store.mark()
        assert known is not None
        if found != known.mark:
            _check_store(session, known, found, settings)
            store.set_mark(known.mark)
        set_vectors_mark(session, known.mark, placed=True)


def _check_store(
    session: Session, known: VectorsMark, found: str | None, settings: Settings
) -> None:
    if settings.database_url is None and settings.qdrant_url is None:
        return  # in a folder of its own a catalogue loses its vectors by somebody's hand alone
    where = settings.qdrant_url or settings.data_dir / "vectors"
    if found is not None:
        raise LibraryError(OTHERS_STORE.format(where=where))
    if known.placed and has_vectors(session):
        raise LibraryError(NO_VECTORS.format(where=where))


def open_store(settings: Settings) -> VectorStore:
    """The store of the library's vectors.

    Raises:
        LibraryError: the Qdrant server refuses, or its client is not installed.
        Unavailable: the Qdrant server cannot be reached.
    """
    if settings.qdrant_url is None:
        from foundsound.vectors.edge_store import EdgeStore

        return EdgeStore(settings.data_dir / "vectors")
    try:
        from foundsound.vectors.connect import connect
    except ModuleNotFoundError as error:
        raise LibraryError(
            "A Qdrant server needs the qdrant-client package: pip install 'foundsound[server]'"
        ) from error
    return connect(
        settings.qdrant_url,
        settings.qdrant_api_key,
        settings.qdrant_timeout_s,
        settings.qdrant_prefix,
        ca_file=settings.qdrant_ca_file,
        placement=Placement(
            settings.qdrant_shards, settings.qdrant_replicas, settings.qdrant_write_consistency
        ),
    )


def make_folder(folder: Path) -> None:
    """Make the library's folder.

    Raises:
        LibraryError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The data directory {folder} cannot be made: {error.strerror}. "
            "Set FOUNDSOUND_DATA_DIR to a folder that you can write."
        ) from error
