"""POST /search by a shorter way than FastAPI's, which takes as long as a good part of a search.

Only a request in which nothing is wrong goes it; any other one is left to FastAPI, which then says
what is wrong. What a request must show, and what its headers ask for, is read as everywhere else.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from search_api.client_header import read_header
from search_api.state import admit_reader

JSON = "application/json"


class DirectRoute(APIRoute):
    """A route of a function ``(request: model, state) -> Response`` that is marked as direct."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See FastAPI."""
        usual = super().get_route_handler()
        model: type[BaseModel] | None = getattr(self.endpoint, "direct", None)
        if model is None:
            return usual
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            if request.headers.get("content-type") != JSON:
                return await usual(request)
            try:
                asked = model.model_validate(json.loads(await request.body()))
            except (ValueError, RecursionError, ClientDisconnect):  # neither JSON nor the model
                return await usual(request)
            state = await admit_reader(request)
            await read_header(request)
            return await run_in_threadpool(endpoint, asked, state)

        return handle


def direct(model: type[BaseModel]) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Mark a function of a body of this model and the state, which depends on nothing else."""

    def marked(function: Callable[..., Response]) -> Callable[..., Response]:
        setattr(function, "direct", model)  # noqa: B010
        return function

    return marked
