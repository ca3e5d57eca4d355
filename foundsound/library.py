"""An open library: catalogue, vectors and model together.

With vectors in its folder this process alone owns it; on servers any number of processes have it
open, and each follows when another one changes the model.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from foundsound.audio.clip_decoder import ClipDecoder
from foundsound.catalog.backlog import is_being_filled, realign_queue
from foundsound.catalog.database import Catalog, catalog_exists
from foundsound.catalog.models import Space
from foundsound.catalog.queue import clip_due_times, database_now, release_all
from foundsound.catalog.spaces import (
    activate_space,
    active_space,
    all_spaces,
    delete_space,
    ensure_space,
    forget_windows,
    retire_space,
    spaces_to_drop,
    window_count,
)
from foundsound.embedding.choice import AUTO, ModelChoice
from foundsound.embedding.ear import ClosableEar
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.first_model import first_model
from foundsound.embedding.registry import create_embedder, needs_weights
from foundsound.embedding.space import space_key
from foundsound.errors import InvalidRequest, LibraryBusy, NotFound
from foundsound.lexical.document import WORDS_VERSION, words_key
from foundsound.lexical.refresh import check_words, refresh_words
from foundsound.open_space import OpenSpace
from foundsound.opening import (
    agree_on_store,
    agree_on_vectors,
    check_no_import,
    is_shared,
    make_folder,
    open_store,
    take_access,
)
from foundsound.path_map import PathMap
from foundsound.settings import Settings
from foundsound.vectors.index import VectorIndex
from foundsound.vectors.lexical import LexicalIndex
from foundsound.vectors.loss import has_lost
from foundsound.vectors.store import VectorStore, space_name

LAST_SEARCHES_S = 2.0  # other processes have no search under way in a replaced space after that

HearApart = Callable[[Embedder, Settings], ClosableEar]


class Library:
    """The library in ``settings.data_dir``, created when it is not there. A context manager.

    Its model is the one that ``settings.model`` names. ``auto`` is the model that the library is
    known by, which never changes by itself; a new library chooses one, and ``choice`` says why.

    Args:
        settings: where it lies and which model it uses.
        wait_s: how long to wait for another process to give it free.
        hear_apart: makes what embeds windows in a model's place while the library is indexed.

    Raises:
        LibraryBusy: another process owns it.
        LibraryError: its files are damaged or too new, its vectors lie elsewhere, or an import
            into it was cut off.
        Unavailable: a server that it needs is away.
        ModelError: the model is unknown.
    """

    def __init__(
        self, settings: Settings, wait_s: float = 0.0, hear_apart: HearApart | None = None
    ) -> None:
        self.settings = settings
        self.paths = PathMap(settings.path_map)
        self._hear_apart = hear_apart
        self.choice: ModelChoice | None = None
        self._active_id: int | None = None
        self._swap = threading.Lock()
        self._opening = threading.Lock()  # held while a space is opened or dropped
        self._following = threading.Lock()
        self._open_spaces: dict[str, OpenSpace] = {}
        self._writing_words = threading.Lock()  # or an older text might be written after a newer
        if settings.model != AUTO:
            create_embedder(settings.model, settings)  # a wrong name leaves no library behind
        make_folder(settings.data_dir)
        self.shared = is_shared(settings)
        # The lock comes before the vectors are opened: see vectors/edge.py.
        self.ownership = take_access(settings, wait_s)
        with ExitStack() as opened:
            opened.callback(self.ownership.release)
            self.clips = ClipDecoder(settings)  # of what comes with requests
            opened.callback(self.clips.close)
            self.catalog = Catalog.of(settings)
            opened.callback(self.catalog.close)
            check_no_import(self.catalog)
            agree_on_vectors(self.catalog, settings)
            self.store: VectorStore = open_store(settings)
            opened.callback(self.store.close)
            agree_on_store(self.catalog, self.store, settings)
            self.words = self._open_words()
            opened.callback(self.words.close)
            named = settings.model != AUTO
            self.space = self._open_space(self._embedder(), take_back=named)
            opened.callback(lambda: self.space.close())
            if not self.shared:
                self._free_leases()
            self.sweep()
            self._mend_mark()
            self._opened = opened.pop_all()

    def check(self) -> None:
        """See whether the catalogue and the vectors can be used now.

        Raises:
            Unavailable: one of them is away.
        """
        self.catalog.check()
        self.store.serving()

    def refresh_words(
        self, stopped: Callable[[], bool] = lambda: False, most: int | None = None
    ) -> int:
        """Write the words of sounds that lack theirs, see :mod:`foundsound.lexical.refresh`.

        Call it after whatever marks words stale, see :mod:`foundsound.catalog.words`.
        """
        with self._writing_words:
            return refresh_words(self.catalog, self.words, stopped, most)

    @property
    def embedder(self) -> Embedder:
        """The model of the library's space."""
        return self.space.embedder

    @property
    def vectors(self) -> VectorIndex:
        """The vectors of the library's space."""
        return self.space.vectors

    @property
    def space_id(self) -> int:
        """The space's row in the catalogue."""
        return self.space.id

    @property
    def space_key(self) -> str:
        """Everything that decides a vector of the library's space."""
        return self.space.key

    @contextmanager
    def searching(self) -> Iterator[OpenSpace]:
        """The library's space, which stays open while the body runs, even if it is replaced."""
        self.follow()
        with ExitStack() as held:
            with self._swap:
                space = held.enter_context(self.space.in_use())
            yield space

    @contextmanager
    def opening_spaces(self) -> Iterator[None]:
        """Held by whoever opens spaces that the library does not use, before any transaction."""
        with self._opening:
            yield

    @contextmanager
    def reading_vectors(self, key: str, dim: int) -> Iterator[VectorIndex]:
        """The vectors of any of the library's spaces, open while the body runs.

        As long as that is a space that was not open, no other one is opened or dropped.

        Raises:
            LibraryBusy: the space is being closed now.
            LibraryError: its vectors cannot be opened.
        """
        with ExitStack() as held:
            with self._opening:
                space = self._open_spaces.get(key)
                if space is not None:
                    held.enter_context(space.in_use())
            if space is not None:
                yield space.vectors
                return
            held.enter_context(self._opening)
            yield held.enter_context(self.vectors_at(key, dim))

    @contextmanager
    def vectors_at(self, key: str, dim: int) -> Iterator[VectorIndex]:
        """The same while :meth:`opening_spaces` is held: a store that is open is not opened twice.

        Raises:
            LibraryBusy: the space is being closed now.
            LibraryError: its vectors cannot be opened.
        """
        space = self._open_spaces.get(key)
        if space is not None:
            with space.in_use():
                yield space.vectors
        else:
            with closing(self.store.open(key, dim)) as index:
                yield index

    def has_open(self, key: str) -> bool:
        """True when this process uses the space."""
        return key in self._open_spaces

    def follow(self) -> None:
        """Use the space that the library is known by now, if another process has changed it.

        A model that was asked for by name stays.

        Raises:
            ModelError: the new model does not work here.
            Unavailable: a server is away.
        """
        if not self.shared or self.settings.model != AUTO:
            return
        with self.catalog.read() as session:
            active = active_space(session)
        if active is None or active.id == self._active_id:
            return
        if not self._following.acquire(blocking=False):
            return  # another thread is at it; until it is done, the old space answers
        try:
            space = self.space_of(create_embedder(active.model, self.settings))
            self._active_id = active.id
            self._replace(space)
        finally:
            self._following.release()

    def space_of(self, embedder: Embedder, *, take_back: bool = False) -> OpenSpace:
        """The model's space: the library's own, or another one that the caller closes.

        Args:
            take_back: it is to be kept, even if another model has replaced it and it is to go.

        Raises:
            LibraryError: its vectors cannot be opened.
        """
        if space_key(embedder) == self.space.key:  # a store must never be opened twice
            return self.space
        return self._open_space(embedder, take_back=take_back)

    def activate(self, space: OpenSpace, *, keep: bool = True) -> None:
        """Make this the space that the library is known by, here and for whoever opens it next.

        The space that served until now is closed as soon as no search uses it.

        Args:
            keep: keep the vectors of the space that was active.
        """
        with self.catalog.write(alone=True) as session:
            before = active_space(session)
            activate_space(session, space.id, space.embedder.name)
            now = database_now(session)
            drops = before is not None and before.id != space.id and not keep
            if before is not None and drops:
                retire_space(session, before.id, now)  # it is swept then, come what may
            realign_queue(session, now)
        self._active_id = space.id
        try:
            self._mend_mark()  # unless another process has changed the model again
        finally:
            self._replace(space)
        if drops:
            if self.shared:
                time.sleep(LAST_SEARCHES_S)
            self.sweep()

    def unwanted_spaces(self, session: Session) -> list[Space]:
        """What :meth:`sweep` drops: nothing that is open here. See :func:`spaces_to_drop`."""
        wait_s = LAST_SEARCHES_S if self.shared else 0.0
        before = database_now(session) - timedelta(seconds=wait_s)
        unwanted = spaces_to_drop(session, before, empty=not self.shared)
        return [space for space in unwanted if space.key not in self._open_spaces]

    def sweep(self) -> None:
        """Drop the spaces whose vectors nobody wants."""
        with self.catalog.read() as session:
            if not self.unwanted_spaces(session):
                return
        with self._opening, self.catalog.write(alone=True) as session:
            for space in self.unwanted_spaces(session):
                self.store.drop(space.key)
                delete_space(session, space.id)
                realign_queue(session, database_now(session))

    def drop_space(self, key: str) -> None:
        """Delete a space with its vectors.

        Raises:
            NotFound: there is no such space.
            InvalidRequest: the library is known by it, or uses it now.
            LibraryBusy: it is being filled.
        """
        with self._opening, self.catalog.write(alone=True) as session:
            space = next((space for space in all_spaces(session) if space.key == key), None)
            if space is None:
                raise NotFound(f"There is no space '{key}'.")
            if space.active or key == self.space.key:
                raise InvalidRequest(f"The library uses '{space.model}'; it cannot be dropped.")
            filled = is_being_filled(session, space.id, database_now(session))
            if filled or key in self._open_spaces:
                raise LibraryBusy(f"The library is changing to '{space.model}'; stop that first.")
            # Vectors first: rows without vectors are found and mended at the next opening.
            self.store.drop(key)
            delete_space(session, space.id)
            realign_queue(session, database_now(session))

    def close(self) -> None:
        """Close everything and give the library free; a second call does nothing."""
        self._opened.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_space(self, embedder: Embedder, *, take_back: bool) -> OpenSpace:
        key = space_key(embedder)
        with self._opening, ExitStack() as opened:
            vectors = self.store.open(key, embedder.dim)
            opened.callback(vectors.close)
            with self.catalog.write(alone=True) as session:
                space_id = ensure_space(
                    session, key, embedder.name, embedder.dim, take_back=take_back
                ).id
            if not self.store.exists(key):  # another process has just dropped what it was before
                vectors = self.store.open(key, embedder.dim)
                opened.callback(vectors.close)
            # Vectors are derived: when some were lost, the next index run makes them again.
            if has_lost(vectors.count, lambda: self._expected(space_id)):
                with self.catalog.write(alone=True) as session:
                    forget_windows(session, space_id)
                    realign_queue(session, database_now(session))
            own_ear = self._hear_apart(embedder, self.settings) if self._hear_apart else None
            closed = partial(self._open_spaces.pop, key, None)
            space = OpenSpace(space_id, key, embedder, vectors, closed, own_ear)
            self._open_spaces[key] = space
            opened.pop_all()
        return space

    def _open_words(self) -> LexicalIndex:
        for version in range(1, WORDS_VERSION):
            self.store.drop(words_key(version))
        words = self.store.open_words(words_key())
        check_words(self.catalog, words)
        return words

    def _embedder(self) -> Embedder:
        with self.catalog.read() as session:
            recorded = active_space(session)
        self._active_id = recorded.id if recorded else None  # as of now: :meth:`follow` goes on
        if recorded is None and self.settings.model == AUTO:
            self.choice, embedder = first_model(self.settings)
            return embedder
        name = self.settings.model
        if name == AUTO:
            assert recorded is not None
            name = recorded.model
        embedder = create_embedder(name, self.settings)
        if recorded is None and needs_weights(name):
            embedder.embed_text(["a sound"])  # a model that does not load is not recorded
        return embedder

    def _expected(self, space_id: int) -> int:
        with self.catalog.read() as session:
            return window_count(session, space_id)

    def _replace(self, space: OpenSpace) -> None:
        """Let ``space`` answer from now on; the old one is closed when nobody uses it."""
        with self._swap:
            old, self.space = self.space, space
        if old is not space:
            old.close()

    def _free_leases(self) -> None:
        """Nobody else can have files in hand: who held them was killed."""
        with self.catalog.write() as session:
            now = database_now(session)
            release_all(session, now)
            clip_due_times(session, now, self.settings.lease_s)

    def _mend_mark(self) -> None:
        """Put the store's mark where the catalogue says."""
        with self.catalog.read() as session:
            serving = active_space(session)
        if serving is None or self.store.serving() == space_name(serving.key):
            return
        with self._opening, self.catalog.write(alone=True) as session:  # or it might change again
            serving = active_space(session)
            assert serving is not None
            if not self.store.exists(serving.key):  # its vectors were deleted by hand
                self.store.open(serving.key, serving.dim).close()
            self.store.serve(serving.key)


def library_exists(settings: Settings) -> bool:
    """True when something was ever indexed there.

    Raises:
        Unavailable: the catalogue's database is away.
    """
    return catalog_exists(settings.data_dir, settings.database_url)
