"""What the routes need, kept on the app and handed to them by FastAPI's dependencies."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from foundsound.api_keys import KeyRing, Scope
from foundsound.calibrate import calibrate
from foundsound.catalog.pace import Pacer
from foundsound.client_paths import answer_with
from foundsound.embedding.choice import AUTO
from foundsound.errors import FoundsoundError, InvalidRequest, Unavailable
from foundsound.hearing.classifier import Classifier
from foundsound.indexing import IndexRuns
from foundsound.library import Library
from foundsound.map.keeper import MapKeeper
from foundsound.media.media import Media
from foundsound.pulse import Pulse
from foundsound.queue_metrics import QueueMetrics
from foundsound.search.searcher import Searcher
from foundsound.search.window_texts import WindowTexts
from search_api.edited_words import EditedWords
from search_api.gate import demand
from search_api.packed_map import PackedMap

RETRY_S = 2.0  # after a server was away
ENDING_S = 1.0  # after an interrupt this process knows that it ends
SEARCHES = 40  # at once; others wait
log = logging.getLogger(__name__)
MODEL_HELP = "The model you expect; a library that uses another one refuses."


@dataclass
class ApiState:
    """One per app.

    ``runs`` is None where index runs cannot be started; ``token`` allows starting them.
    ``local_only``: nobody but this machine reaches the server. ``keys``: who may ask at all; None =
    everybody who reaches it. ``pulses``: of what works beside the server.
    """

    library: Library
    searcher: Searcher
    classifier: Classifier
    runs: IndexRuns | None
    token: str | None
    local_only: bool = False
    keys: KeyRing | None = None
    pulses: Sequence[Pulse] = ()
    warm: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)
    failure: str = ""  # why the text encoder could not be loaded
    searching: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(SEARCHES, "search")
    )

    def __post_init__(self) -> None:
        """Begin nothing: each of these works once it is asked."""
        library = self.library
        self.pacer = Pacer()
        self.edited_words = EditedWords(library)
        self.media = Media(library.settings)
        self.map = MapKeeper(library)
        self.queue_metrics = QueueMetrics(library.catalog, library.settings.max_attempts)
        self.packed_map = PackedMap(library, self.map)
        self.window_texts = WindowTexts(library.catalog, library.settings.cache_dir)

    def close(self) -> None:
        """End what works in the background; a search that hangs is not waited for."""
        self.searching.shutdown(wait=False)
        self.media.close()
        self.map.close()

    def check_model(self, model: str | None) -> None:
        """Refuse a request that expects another model than the library's.

        Raises:
            InvalidRequest: ``model`` is named and is another one.
        """
        used = self.library.embedder.name
        if model not in (None, AUTO, used):
            raise InvalidRequest(f"There is no model '{model}' here; this library uses '{used}'.")

    def warm_up(self) -> None:
        """Load the text encoder; afterwards ``warm`` is set, or ``failure`` says why not.

        A library from before spaces were calibrated is calibrated then, for the queries to come.
        """
        while not self.ending.is_set():
            try:
                self._load()
                return
            except Unavailable as error:  # of a server; nothing is wrong with the encoder
                self.failure = str(error)
                self.ending.wait(RETRY_S)

    def _load(self) -> None:
        try:
            self.searcher.warm()
            self.warm.set()
            with self.library.searching() as space:
                calibrate(self.library, space)
            self.library.vectors.warm(self.ending.is_set)
        except Unavailable:
            raise
        except FoundsoundError as error:
            self.failure = str(error)
        except Exception as error:
            if self.ending.wait(ENDING_S):  # an interrupt breaks what is being imported
                return
            log.exception("the text encoder cannot be loaded")
            self.failure = f"The text encoder cannot be loaded ({error})."


async def _state(request: Request) -> ApiState:  # a plain function would be run in a thread
    state: ApiState = request.app.state.foundsound
    return state


State = Annotated[ApiState, Depends(_state)]
_bearer = HTTPBearer(
    auto_error=False, description="An API key, or the token in the library's owner.json."
)
Sent = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def _check_reader(state: State, sent: Sent) -> None:
    if state.keys is not None:
        await demand(state, sent, Scope.READ)
        # What the request itself says of paths is read after this, and wins.
        answer_with(state.keys.paths_of(sent.credentials if sent else ""))


ReadersOnly = Depends(_check_reader)


async def admit_reader(request: Request) -> ApiState:
    """The app's state, once the request has shown what ``ReadersOnly`` demands.

    Raises:
        HTTPException: it has not.
        Unavailable: the catalogue, where keys are looked up, is away.
    """
    state = await _state(request)
    if state.keys is not None:
        await _check_reader(state, await _bearer(request))
    return state


async def _check_token(state: State, sent: Sent) -> None:
    await demand(state, sent, Scope.ADMIN)


OwnerOnly = Depends(_check_token)


async def _check_writer(request: Request, state: State, sent: Sent) -> None:
    if sent is not None or not state.local_only:
        return await demand(state, sent, Scope.WRITE)
    # On the loopback interface whoever uses the machine may write, but no page of another site
    # that the same person's browser shows.
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, f"Pages of {origin} may not change this library.")
    return None


WritersOnly = Depends(_check_writer)
