"""POST /search by a shorter way than FastAPI's, which takes as long as a good part of a search.

Only a request in which nothing is wrong goes it; any other one is left to FastAPI, which then says
what is wrong. What a request must show, and what its headers ask for, is read as everywhere else.
"""

import asyncio
import json
from collections.abc import Callable
from contextvars import copy_context

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from search_api.client_header import read_header
from search_api.raw_headers import header
from search_api.state import ApiState, admit_reader
from search_api.whole_text import is_whole

JSON = "application/json"
LEFT = "foundsound.left"  # in the scope of what was left to FastAPI


class DirectRoute(Route):
    """POST of JSON, answered in a thread; stands before the documented route of the same path.

    Args:
        model: of the body.
        function: ``(body, state) -> Response``; depends on nothing else.
    """

    def __init__(
        self, path: str, model: type[BaseModel], function: Callable[..., Response]
    ) -> None:
        super().__init__(path, function, methods=["POST"], include_in_schema=False)
        self._model = model
        self._function = function

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See Starlette."""
        if (
            scope["type"] == "http"
            and scope["path"] == self.path
            and scope["method"] == "POST"
            and header(scope, b"content-type") == JSON
            and not scope["query_string"]  # which it does not know
            and LEFT not in scope
        ):
            return Match.FULL, {"route": self}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See Starlette."""
        body, message = bytearray(), await receive()
        while message.get("more_body", False):
            body += message.get("body", b"")
            message = await receive()
        body += message.get("body", b"")
        left = message["type"] == "http.disconnect"
        whole: Message = {"type": "http.request", "body": bytes(body), "more_body": left}
        coming = iter([whole, message] if left else [whole])

        async def again() -> Message:
            return next(coming, None) or await receive()

        try:
            if left:
                raise ValueError("The client has left.")
            parsed = json.loads(body)
            if not is_whole(body, parsed):
                raise ValueError("Some text is no Unicode.")
            asked = self._model.model_validate(parsed)
        except (ValueError, RecursionError):  # neither JSON nor the model
            scope[LEFT] = True
            await scope["router"](scope, again, send)
            return
        request = Request(scope)
        state = await admit_reader(request)
        await read_header(request)
        # The framework's own way into a thread was a seventh of all that surrounds a search.
        response = await asyncio.get_running_loop().run_in_executor(
            state.searching, copy_context().run, self._answer, asked, state
        )
        await response(scope, receive, send)

    def _answer(self, asked: BaseModel, state: ApiState) -> Response:
        try:
            return self._function(asked, state)
        except StopIteration as error:  # no future takes it, so that nobody would ever be answered
            raise RuntimeError("The function raised StopIteration.") from error
