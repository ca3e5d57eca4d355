"""A stand-in for a Qdrant server, for machines that have none: NOT Qdrant.

It speaks the REST calls that qdrant-client makes, over real HTTP, and answers them from
qdrant-client's own local mode. What it proves: that our calls go over the wire and come back as the
client's models, that several processes may share one store, and what we do while a server refuses,
stalls or is away. What it does not prove: anything of Qdrant itself, such as quantisation, HNSW,
payload indexes, IDF over segments, consistency of replicas, speed, or which requests a real server
refuses. ``FOUNDSOUND_TEST_QDRANT_URL`` runs the contract suite on a real one.

``PUT /stand-in {"status": 503}`` makes it refuse every call from then on, ``{"stall_s": 60}`` makes
it slow, ``{}`` ends both. ``python -m tests.qdrant_stand_in --port 6333 --path DIR`` starts one.
"""

import argparse
import asyncio
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import uvicorn
from fastapi import Body, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from qdrant_client import QdrantClient, models
from starlette.middleware.base import RequestResponseEndpoint

VERSION = "1.19.0"
Call = Callable[[QdrantClient], Any]


class Fault(BaseModel):
    """What is wrong with the server now."""

    status: int | None = None  # with which every call is refused
    stall_s: float = 0.0


class StandIn:
    """One store, one call at a time."""

    def __init__(self, path: str | None, api_key: str | None) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # local mode tells what it is not
            self._client = QdrantClient(path=path) if path else QdrantClient(":memory:")
        self._lock = threading.Lock()
        self._api_key = api_key
        self.fault = Fault()

    def answer(self, call: Call) -> Response:
        """A call's result, or its refusal, as Qdrant words them."""
        with self._lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = to_jsonable_python(call(self._client), exclude_none=True)
            except (ValueError, NotImplementedError) as error:
                return refused(404 if "not found" in str(error) else 400, str(error))
        return JSONResponse({"time": 0.0, "status": "ok", "result": result})

    async def judge(self, request: Request, go_on: RequestResponseEndpoint) -> Response:
        """Middleware: let a request through, unless it is to fail."""
        if request.url.path == "/stand-in":
            return await go_on(request)
        if self._api_key is not None and request.headers.get("api-key") != self._api_key:
            return refused(401, "Must provide an API key or an Authorization bearer token")
        until = time.monotonic() + self.fault.stall_s
        while time.monotonic() < until and self.fault.stall_s:
            await asyncio.sleep(0.02)
        if self.fault.status is not None:
            return refused(self.fault.status, "refused on command")
        return await go_on(request)


def refused(status: int, reason: str) -> Response:
    """A refusal as Qdrant words it."""
    return JSONResponse({"time": 0.0, "status": {"error": reason}}, status)


def create_app(path: str | None = None, api_key: str | None = None) -> FastAPI:
    """The server as an ASGI app; without ``path`` it forgets everything with its end."""
    stand_in = StandIn(path, api_key)
    app = FastAPI()
    app.middleware("http")(stand_in.judge)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        return refused(400, f"Format error in JSON body: {error.errors()}")

    @app.put("/stand-in")
    def fail(fault: Fault) -> Fault:
        stand_in.fault = fault
        return fault

    @app.get("/")
    def root() -> dict[str, str]:
        return {"title": "qdrant - stand-in", "version": VERSION}

    _collections(app, stand_in.answer)
    _points(app, stand_in.answer)
    return app


def _collections(app: FastAPI, answer: Callable[[Call], Response]) -> None:
    @app.get("/collections")
    def list_() -> Response:
        return answer(lambda client: client.get_collections())

    @app.get("/aliases")
    def aliases() -> Response:
        return answer(lambda client: client.get_aliases())

    @app.post("/collections/aliases")
    def change_aliases(body: models.ChangeAliasesOperation) -> Response:
        return answer(lambda client: client.update_collection_aliases(body.actions))

    @app.get("/collections/{name}/exists")
    def exists(name: str) -> Response:
        return answer(lambda client: {"exists": client.collection_exists(name)})

    @app.get("/collections/{name}")
    def get(name: str) -> Response:
        return answer(lambda client: client.get_collection(name))

    @app.put("/collections/{name}")
    def create(name: str, body: models.CreateCollection) -> Response:
        return answer(
            lambda client: client.create_collection(
                name,
                vectors_config=body.vectors,
                sparse_vectors_config=body.sparse_vectors,
                metadata=body.metadata,
            )
        )

    @app.patch("/collections/{name}")
    def update(name: str, body: models.UpdateCollection) -> Response:
        return answer(lambda client: client.get_collection(name) is not None)

    @app.delete("/collections/{name}")
    def delete(name: str) -> Response:
        return answer(lambda client: client.delete_collection(name))

    @app.put("/collections/{name}/index")
    def create_index(name: str, body: models.CreateFieldIndex) -> Response:
        return answer(
            lambda client: client.create_payload_index(name, body.field_name, body.field_schema)
        )

    @app.delete("/collections/{name}/index/{field}")
    def delete_index(name: str, field: str) -> Response:
        return answer(lambda client: client.delete_payload_index(name, field))


def _points(app: FastAPI, answer: Callable[[Call], Response]) -> None:
    points = "/collections/{name}/points"

    @app.put(points)
    def upsert(name: str, body: models.PointInsertOperations) -> Response:
        rows = body.points if isinstance(body, models.PointsList) else body.batch
        return answer(
            lambda client: client.upsert(
                name, rows, update_filter=body.update_filter, update_mode=body.update_mode
            )
        )

    @app.post(points)
    def retrieve(name: str, body: models.PointRequest) -> Response:
        return answer(
            lambda client: client.retrieve(
                name,
                body.ids,
                with_payload=_unless_none(body.with_payload, True),
                with_vectors=_unless_none(body.with_vector, False),
            )
        )

    @app.post(points + "/delete")
    def delete(name: str, body: models.PointsSelector) -> Response:
        return answer(lambda client: client.delete(name, body))

    @app.post(points + "/count")
    def count(name: str, body: models.CountRequest) -> Response:
        return answer(lambda client: client.count(name, body.filter, exact=body.exact is not False))

    @app.post(points + "/scroll")
    def scroll(name: str, body: models.ScrollRequest) -> Response:
        def run(client: QdrantClient) -> Any:
            found, after = client.scroll(
                name,
                scroll_filter=body.filter,
                limit=_unless_none(body.limit, 10),
                order_by=body.order_by,
                offset=body.offset,
                with_payload=_unless_none(body.with_payload, True),
                with_vectors=_unless_none(body.with_vector, False),
            )
            return {"points": found, "next_page_offset": after}

        return answer(run)

    @app.post(points + "/query")
    def query(name: str, body: models.QueryRequest) -> Response:
        return answer(lambda client: _query(client, name, body))

    @app.post(points + "/query/batch")
    def query_batch(name: str, body: models.QueryRequestBatch) -> Response:
        return answer(lambda client: [_query(client, name, each) for each in body.searches])

    @app.post("/collections/{name}/facet")
    def facet(name: str, body: models.FacetRequest) -> Response:
        return answer(
            lambda client: client.facet(
                name, body.key, facet_filter=body.filter, limit=_unless_none(body.limit, 10)
            )
        )

    @app.post(points + "/payload")
    def set_payload(name: str, body: models.SetPayload) -> Response:
        return answer(
            lambda client: client.set_payload(name, body.payload, _chosen(body), key=body.key)
        )

    @app.put(points + "/payload")
    def overwrite_payload(name: str, body: models.SetPayload) -> Response:
        return answer(lambda client: client.overwrite_payload(name, body.payload, _chosen(body)))

    @app.post(points + "/payload/delete")
    def delete_payload(name: str, body: models.DeletePayload) -> Response:
        return answer(lambda client: client.delete_payload(name, body.keys, _chosen(body)))

    @app.put(points + "/vectors")
    def update_vectors(name: str, body: models.UpdateVectors) -> Response:
        return answer(lambda client: client.update_vectors(name, body.points))

    @app.post(points + "/vectors/delete")
    def delete_vectors(name: str, body: models.DeleteVectors) -> Response:
        return answer(lambda client: client.delete_vectors(name, body.vector, _chosen(body)))

    @app.post(points + "/batch")
    def batch(name: str, body: Annotated[models.UpdateOperations, Body()]) -> Response:
        return answer(lambda client: client.batch_update_points(name, body.operations))


def _query(client: QdrantClient, name: str, body: models.QueryRequest) -> models.QueryResponse:
    return client.query_points(
        name,
        query=body.query,
        using=body.using,
        prefetch=body.prefetch,
        query_filter=body.filter,
        search_params=body.params,
        limit=_unless_none(body.limit, 10),
        offset=body.offset,
        score_threshold=body.score_threshold,
        lookup_from=body.lookup_from,
        with_payload=_unless_none(body.with_payload, False),
        with_vectors=_unless_none(body.with_vector, False),
    )


def _chosen(body: models.SetPayload | models.DeletePayload | models.DeleteVectors) -> Any:
    if body.points is not None:
        return models.PointIdsList(points=body.points)
    return models.FilterSelector(filter=body.filter or models.Filter())


def _unless_none(value: Any, default: Any) -> Any:
    return default if value is None else value


def _end_with_starter() -> None:
    sys.stdin.read()  # ends when whoever started this process does
    os._exit(0)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=6333)
    parser.add_argument("--path", help="keep the store here")
    parser.add_argument("--api-key")
    given = parser.parse_args()
    threading.Thread(target=_end_with_starter, daemon=True).start()
    app = create_app(given.path, given.api_key)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
