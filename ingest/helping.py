"""Workers that share a change of models: who has nothing else to do fills the new space as well."""

import logging
import time

from foundsound.catalog.backlog import space_to_fill
from foundsound.catalog.models import Space
from foundsound.catalog.queue import database_now, next_due
from foundsound.embedding.choice import AUTO
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.errors import ModelError
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.leases import Leases
from ingest.pipeline import Pipeline, StopSign

LOOK_S = 5.0  # how often a helper looks whether there is work for the library's own model

log = logging.getLogger(__name__)


class Helping:
    """Embeds what another process has queued for a space that does not serve yet.

    Only where processes share a library, and where the model is not asked for by name. The space
    stays open until nothing is to be done in it; :meth:`close` it at the end.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._space: OpenSpace | None = None
        self._unfit: set[int] = set()  # ids of spaces whose model cannot be had here

    def help(self, interrupt: StopSign) -> bool:
        """Work off what can be claimed for such a space; True when there was something.

        It ends early for ``interrupt``, and when there is work for the library's own model.
        """
        library = self._library
        if not library.shared or library.settings.model != AUTO:
            return False
        with library.catalog.read() as session:
            wanted = space_to_fill(session, database_now(session), self._unfit)
        if wanted is None:
            self.close()
            return False
        space = self._open(wanted)
        if space is None:
            return False
        progress = IndexProgress()
        with Leases(library, space.id) as leases:
            stop = _UntilWanted(library, interrupt)
            Pipeline(library, space, leases, progress, lambda _: None, stop).run()
        return progress.files_done > 0

    def close(self) -> None:
        """Close the space; another call of :meth:`help` opens one again."""
        space, self._space = self._space, None
        if space is not None:
            space.close()

    def _open(self, wanted: Space) -> OpenSpace | None:
        if self._space is not None and self._space.id == wanted.id:
            return self._space
        self.close()
        try:
            embedder = create_embedder(wanted.model, self._library.settings)
            if space_key(embedder) != wanted.key:
                raise ModelError(f"{wanted.model} is another version here.")
            self._space = self._library.space_of(embedder)
            self._space.ear.embed_audio([])  # one that does not load shall not claim files
        except ModelError as error:
            log.warning("the change to %s is left to other workers: %s", wanted.model, error)
            self._unfit.add(wanted.id)
            self.close()
        return self._space


class _UntilWanted:
    """Set when the worker is interrupted, or has work for the library's own model."""

    def __init__(self, library: Library, interrupt: StopSign) -> None:
        self._library = library
        self._interrupt = interrupt
        self._wanted = False
        self._looked_at = time.monotonic()

    def is_set(self) -> bool:
        """See :class:`threading.Event`."""
        if not self._wanted and time.monotonic() - self._looked_at > LOOK_S:
            with self._library.catalog.read() as session:
                due_at = next_due(session, self._library.space_id)
                self._wanted = due_at is not None and due_at <= database_now(session)
            self._looked_at = time.monotonic()
        return self._wanted or self._interrupt.is_set()
