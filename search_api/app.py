"""The app factory: an open library in, an ASGI app out."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from foundsound import __version__
from foundsound.api_keys import KeyRing
from foundsound.hearing.classifier import Classifier
from foundsound.indexing import IndexRuns
from foundsound.library import Library
from foundsound.pulse import Pulse
from foundsound.search.searcher import Searcher
from search_api import problems
from search_api.body_limit import BodyLimit
from search_api.client_header import HEADER as PATH_MAP
from search_api.client_header import ReadHeader
from search_api.direct_route import DirectRoute
from search_api.documented import DocumentedApi
from search_api.key_first import KeyFirst
from search_api.known_parameters import KnownParameters
from search_api.local_hosts import LocalHosts
from search_api.rate_limit import RateLimit
from search_api.request_log import HEADER as REQUEST_ID
from search_api.request_log import RequestLog
from search_api.request_metrics import RequestMetrics
from search_api.request_trace import RequestTrace
from search_api.routers import (
    alerts,
    backup,
    changes,
    classify,
    collections,
    duplicates,
    enrolled,
    failed,
    health,
    index,
    map,
    media,
    metadata,
    metrics,
    roots,
    search,
    selection,
    sounds,
    spaces,
    stats,
    summaries,
    user_data,
    webhooks,
)
from search_api.safe_headers import SafeHeaders
from search_api.slow_bodies import SlowBodies
from search_api.state import ApiState, ReadersOnly
from search_api.upload_turns import UploadTurns
from search_api.whole_text import WholeText

OURS = (REQUEST_ID, PATH_MAP)  # headers


def create_app(
    library: Library,
    runs: IndexRuns | None = None,
    token: str | None = None,
    *,
    local_only: bool = False,
    keys: KeyRing | None = None,
    pulses: Sequence[Pulse] = (),
) -> FastAPI:
    """Make the API of an open library; the caller closes the library after the app has ended.

    Args:
        runs: starts index runs; None where none can be started.
        token: who sends it as a bearer token may start index runs, and change what people say of
            sounds; None = nobody.
        local_only: answer under the names of the loopback interface alone; there, what people
            say of sounds may be changed without the token.
        pulses: of what works beside the server; ``/readyz`` tells of them.
    """
    state = ApiState(
        library,
        Searcher(library),
        Classifier(library),
        runs,
        token,
        local_only=local_only,
        keys=keys,
        pulses=pulses,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # In the background: /healthz answers at once, /readyz says when the encoder is loaded.
        warming = threading.Thread(target=state.warm_up)
        warming.start()
        yield
        state.ending.set()
        # A process that ends in the midst of loading a model is aborted by onnxruntime.
        await asyncio.to_thread(warming.join)
        await asyncio.to_thread(state.close)

    app = DocumentedApi(
        title="foundsound",
        version=__version__,
        summary="Semantic search over a sound library.",
        description="Describe a sound or send one; get the files that fit, and where in them.",
        lifespan=lifespan,
        docs_url=None,  # see documentation.py
        redoc_url=None,  # its page loads a picture from elsewhere
        redirect_slashes=False,  # to where the client's Host header says, and as no problem
        # It would look for somebody who wants it at every request; traces and metrics are ours.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        responses=problems.responses(422, 503),  # or a 422 would have the framework's own shape
    )
    app.state.foundsound = state
    # The last one added is asked first.
    app.add_middleware(UploadTurns, upload_bytes=library.settings.max_upload_bytes)
    app.add_middleware(BodyLimit, upload_bytes=library.settings.max_upload_bytes)
    app.add_middleware(SlowBodies)
    if local_only:
        app.add_middleware(LocalHosts)
    settings = library.settings
    if keys is not None:
        app.add_middleware(KeyFirst, state=state)
    if keys is not None and settings.rate_limit:
        app.add_middleware(RateLimit, a_minute=settings.rate_limit, keys=keys)
    if settings.allowed_origins:  # around what refuses: a page should see why
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Range", *OURS],
            expose_headers=["Content-Disposition", "Content-Range", "ETag", "Retry-After", *OURS],
        )
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestMetrics)
    app.add_middleware(RequestLog)
    app.add_middleware(RequestTrace)
    problems.install(app)
    for module in (
        search,
        classify,
        enrolled,
        sounds,
        media,
        summaries,
        selection,
        map,
        user_data,
        collections,
        metadata,
        duplicates,
        stats,
        roots,
        spaces,
        index,
        failed,
        alerts,
        backup,
        changes,
        webhooks,
        metrics,
    ):
        demanded = [] if keys is None else [ReadersOnly]
        checks = [*demanded, ReadHeader, WholeText, KnownParameters]
        app.include_router(module.router, dependencies=checks)
    app.include_router(health.router)
    app.router.routes.insert(0, DirectRoute("/search", search.SearchRequest, search.search))
    return app
