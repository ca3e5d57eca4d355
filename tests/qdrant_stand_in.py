"""A stand-in for a Qdrant server, for machines that have none: NOT Qdrant.

It speaks the REST calls that qdrant-client makes, over real HTTP, and answers them from
qdrant-client's own local mode. What it proves: that our calls go over the wire and come back as the
client's models, that several processes may share one store, and what we do while a server refuses,
stalls or is away. What it does not prove: anything of Qdrant itself, such as quantisation, HNSW,
payload indexes, IDF over segments, consistency of replicas, speed, or which requests a real server
refuses. ``FOUNDSOUND_TEST_QDRANT_URL`` runs the contract suite on a real one.

Local mode divides every vector of a cosine collection by its length, and so changes last bits of
unit vectors. A server leaves those as they are (its ``is_length_zero_or_normalized``); so does the
stand-in, whose local collections compare by dot products.

What local mode ignores of a collection (HNSW, quantisation, shards, replicas, payload indexes) is
kept beside it and told as a server tells it; the last request of each kind of write and query is
told by ``GET /stand-in``.

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
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from qdrant_client import QdrantClient, models
from starlette.middleware.base import RequestResponseEndpoint

from tests import qdrant_local_calls as local

VERSION = "1.19.0"
READY = "/readyz"  # whoever asks for it needs no key
Call = Callable[[QdrantClient], Any]


class Fault(BaseModel):
    """What is wrong with the server now."""

    status: int | None = None  # with which every call is refused
    stall_s: float = 0.0
    path: str = ""  # only of calls whose path has this in it


class Collections:
    """What a server would keep of collections, and local mode does not."""

    def __init__(self) -> None:
        self._made: dict[str, models.CreateCollection] = {}
        self._indexes: dict[str, dict[str, Any]] = {}

    def make(self, name: str, body: models.CreateCollection) -> None:
        """Keep what was asked for."""
        self._made[name] = body
        self._indexes[name] = {}

    def change(self, name: str, body: models.UpdateCollection) -> None:
        """Keep a later change of the graph or of the codes."""
        if name in self._made and body.hnsw_config is not None:
            self._made[name].hnsw_config = body.hnsw_config
        if name in self._made and isinstance(body.quantization_config, models.ScalarQuantization):
            self._made[name].quantization_config = body.quantization_config

    def index(self, name: str, field: str, schema: Any) -> None:
        """Keep a payload index."""
        self._indexes.setdefault(name, {})[field] = schema

    def told(self, name: str, info: models.CollectionInfo) -> dict[str, Any]:
        """The collection as a server tells of it."""
        told: dict[str, Any] = to_jsonable_python(info, exclude_none=True)
        for dense in told["config"]["params"].get("vectors", {}).values():
            dense["distance"] = models.Distance.COSINE
        told["payload_schema"] = {
            field: {"data_type": "keyword", "points": 0, "params": to_jsonable_python(schema)}
            for field, schema in self._indexes.get(name, {}).items()
        }
        made = self._made.get(name)
        if made is None:  # from before this process
            return told
        config = told["config"]
        for field in ("hnsw_config", "quantization_config"):
            asked = to_jsonable_python(getattr(made, field), exclude_none=True)
            config[field] = {**(config.get(field) or {}), **(asked or {})} or None
        for field in (
            "shard_number",
            "replication_factor",
            "write_consistency_factor",
            "on_disk_payload",
        ):
            if getattr(made, field) is not None:
                config["params"][field] = getattr(made, field)
        return told


class StandIn:
    """One store, one call at a time."""

    def __init__(self, path: str | None, api_key: str | None) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # local mode tells what it is not
            self._client = QdrantClient(path=path) if path else QdrantClient(":memory:")
        self._lock = threading.Lock()
        self._api_key = api_key
        self.fault = Fault()
        self.collections = Collections()
        self.asked: dict[str, Any] = {}  # last of each kind

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
        key = request.headers.get("api-key")
        if self._api_key not in (None, key) and request.url.path != READY:
            return refused(401, "Must provide an API key or an Authorization bearer token")
        if self.fault.path not in request.url.path:
            return await go_on(request)
        until = time.monotonic() + self.fault.stall_s
        if self.fault.stall_s:
            self.asked["stalled"] = request.url.path
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
        stand_in.asked.pop("stalled", None)
        return fault

    @app.get("/stand-in")
    def asked() -> dict[str, Any]:
        return stand_in.asked

    @app.get("/")
    def root() -> dict[str, str]:
        return {"title": "qdrant - stand-in", "version": VERSION}

    @app.get(READY)
    def ready() -> PlainTextResponse:
        return PlainTextResponse("all shards are ready")

    _collections(app, stand_in)
    _points(app, stand_in)
    return app


def _collections(app: FastAPI, stand_in: StandIn) -> None:
    answer, kept = stand_in.answer, stand_in.collections

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
        def run(client: QdrantClient) -> dict[str, Any]:
            named = {a.alias_name: a.collection_name for a in client.get_aliases().aliases}
            return kept.told(named.get(name, name), client.get_collection(name))

        return answer(run)

    @app.put("/collections/{name}")
    def create(name: str, body: models.CreateCollection) -> Response:
        def run(client: QdrantClient) -> bool:
            made = client.create_collection(
                name,
                vectors_config=local.as_products(body.vectors),
                sparse_vectors_config=body.sparse_vectors,
                metadata=body.metadata,
            )
            kept.make(name, body)
            return made

        return answer(run)

    @app.patch("/collections/{name}")
    def update(name: str, body: models.UpdateCollection) -> Response:
        def run(client: QdrantClient) -> bool:
            client.get_collection(name)  # or it is not found
            kept.change(name, body)
            return True

        return answer(run)

    @app.delete("/collections/{name}")
    def delete(name: str) -> Response:
        return answer(lambda client: client.delete_collection(name))

    @app.put("/collections/{name}/index")
    def create_index(name: str, body: models.CreateFieldIndex) -> Response:
        def run(client: QdrantClient) -> Any:
            done = client.create_payload_index(name, body.field_name, body.field_schema)
            kept.index(name, body.field_name, body.field_schema)
            return done

        return answer(run)

    @app.delete("/collections/{name}/index/{field}")
    def delete_index(name: str, field: str) -> Response:
        return answer(lambda client: client.delete_payload_index(name, field))


def _points(app: FastAPI, stand_in: StandIn) -> None:
    answer, asked = stand_in.answer, stand_in.asked
    points = "/collections/{name}/points"

    @app.put(points)
    def upsert(name: str, body: models.PointInsertOperations, wait: bool = False) -> Response:
        rows = body.points if isinstance(body, models.PointsList) else body.batch
        row: Any
        for row in rows if isinstance(rows, list) else ():
            row.vector = {name: local.preprocess(each) for name, each in row.vector.items()}
        asked["upsert"] = {"wait": wait, "points": len(rows) if isinstance(rows, list) else None}
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
                with_payload=local.unless_none(body.with_payload, True),
                with_vectors=local.unless_none(body.with_vector, False),
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
                limit=local.unless_none(body.limit, 10),
                order_by=body.order_by,
                offset=body.offset,
                with_payload=local.unless_none(body.with_payload, True),
                with_vectors=local.unless_none(body.with_vector, False),
            )
            return {"points": found, "next_page_offset": after}

        return answer(run)

    @app.post(points + "/query")
    def query(name: str, body: models.QueryRequest) -> Response:
        asked["query"] = to_jsonable_python(body.params, exclude_none=True)
        return answer(lambda client: local.query(client, name, body))

    @app.post(points + "/query/batch")
    def query_batch(name: str, body: models.QueryRequestBatch) -> Response:
        asked["query"] = to_jsonable_python(body.searches[-1].params, exclude_none=True)
        return answer(lambda client: [local.query(client, name, each) for each in body.searches])

    @app.post("/collections/{name}/facet")
    def facet(name: str, body: models.FacetRequest) -> Response:
        return answer(
            lambda client: client.facet(
                name, body.key, facet_filter=body.filter, limit=local.unless_none(body.limit, 10)
            )
        )

    @app.post(points + "/payload")
    def set_payload(name: str, body: models.SetPayload) -> Response:
        return answer(
            lambda client: client.set_payload(name, body.payload, local.chosen(body), key=body.key)
        )

    @app.put(points + "/payload")
    def overwrite_payload(name: str, body: models.SetPayload) -> Response:
        return answer(
            lambda client: client.overwrite_payload(name, body.payload, local.chosen(body))
        )

    @app.post(points + "/payload/delete")
    def delete_payload(name: str, body: models.DeletePayload) -> Response:
        return answer(lambda client: client.delete_payload(name, body.keys, local.chosen(body)))

    @app.put(points + "/vectors")
    def update_vectors(name: str, body: models.UpdateVectors) -> Response:
        return answer(lambda client: client.update_vectors(name, body.points))

    @app.post(points + "/vectors/delete")
    def delete_vectors(name: str, body: models.DeleteVectors) -> Response:
        return answer(lambda client: client.delete_vectors(name, body.vector, local.chosen(body)))

    @app.post(points + "/batch")
    def batch(name: str, body: Annotated[models.UpdateOperations, Body()]) -> Response:
        return answer(lambda client: client.batch_update_points(name, body.operations))


def _end_with_starter() -> None:
    sys.stdin.read()  # ends when whoever started this process does
    os._exit(0)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=6333)
    parser.add_argument("--path", help="keep the store here")
    parser.add_argument("--api-key")
    parser.add_argument("--certificate", help="speak https with this certificate and its key")
    given = parser.parse_args()
    threading.Thread(target=_end_with_starter, daemon=True).start()
    app = create_app(given.path, given.api_key)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=given.port,
        log_level="warning",
        ssl_certfile=given.certificate,
    )


if __name__ == "__main__":
    main()
