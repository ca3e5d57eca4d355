"""The OpenAPI document: what middleware may answer is told of every operation as well."""

import threading
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse

from search_api.documentation import documentation
from search_api.problems import Problem, responses
from search_api.rate_limit import FREE

SCHEMAS = "#/components/schemas/{model}"
EVERYWHERE = (421, 500)
WITH_KEYS = (401, 429)
WITH_BODIES = (408, 413)


class DocumentedApi(FastAPI):
    """A FastAPI whose document names, besides what each route says, the problems of all of them."""

    def setup(self) -> None:
        """Serve the document from a thread: it takes a second to make, and nobody else shall wait.

        The framework's own route comes second, so it is never asked.
        """
        self._making = threading.Lock()
        self.add_route(str(self.openapi_url), self._answer, include_in_schema=False)
        self.router.routes += documentation(self.title, str(self.openapi_url).lstrip("/"))
        super().setup()

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        with self._making:
            if self.openapi_schema is None:
                document = super().openapi()
                problem = Problem.model_json_schema(ref_template=SCHEMAS)
                document["components"]["schemas"]["Problem"] = problem
                for path, operations in document["paths"].items():
                    for operation in operations.values():
                        _tell(path, operation)
            return super().openapi()

    def _answer(self, _: Request) -> JSONResponse:
        return JSONResponse(self.openapi())


def _tell(path: str, operation: dict[str, Any]) -> None:
    statuses = [*EVERYWHERE]
    if path not in FREE:
        statuses += WITH_KEYS
    if "requestBody" in operation:
        statuses += WITH_BODIES
    told = operation["responses"]
    for status, answer in responses(*statuses).items():
        told.setdefault(str(status), answer)
    operation["responses"] = dict(sorted(told.items()))
