"""What every operation of the client has in common: sending, reading, and errors."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, Literal, TypeVar, get_args, get_origin
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

T = TypeVar("T")
Upload = tuple[str, bytes | IO[bytes]]  # a file's name, and what is in it


class Model(BaseModel):
    """A shape of the API; fields that a newer server adds are passed over."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, protected_namespaces=())

    def model_post_init(self, _: object) -> None:
        """Count what tells kinds apart as said: only what was said is sent."""
        for name, field in type(self).model_fields.items():
            if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1:
                self.model_fields_set.add(name)


class ApiError(Exception):
    """The server refused or failed; ``str(error)`` is its sentence.

    Args:
        status: the HTTP status.
        detail: the server's sentence.
        problem: the problem document (RFC 9457), if it sent one.
    """

    def __init__(self, status: int, detail: str, problem: Mapping[str, Any]) -> None:
        super().__init__(detail)
        self.status = status
        self.problem = problem


class Caller:
    """Sends requests; :class:`~foundsound_client.operations.Operations` says which there are."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def _read(self, kind: type[T], method: str, path: str, **sent: Any) -> T:
        content = self._call(method, path, **sent)
        return TypeAdapter(kind).validate_json(content)

    def _call(self, method: str, path: str, **sent: Any) -> bytes:
        response = self._http.request(method, path, **_request(**sent))
        if not response.is_success:
            raise _error(response)
        return response.content

    @contextmanager
    def _stream(self, method: str, path: str, **sent: Any) -> Iterator[Iterator[bytes]]:
        with self._http.stream(method, path, **_request(**sent)) as response:
            if not response.is_success:
                response.read()
                raise _error(response)
            yield response.iter_bytes()

    @staticmethod
    def _segment(value: object) -> str:
        return quote(str(value), safe="")


def _request(
    query: Mapping[str, Any] | None = None,
    body: object = None,
    form: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    request: dict[str, Any] = {}
    if query is not None:
        request["params"] = {name: each for name, each in query.items() if each is not None}
    if body is not None:
        request["json"] = _plain(body)
    if form is not None:
        files: list[tuple[str, Upload]] = []
        fields: dict[str, str] = {}
        for name, value in form.items():
            if isinstance(value, tuple):
                files.append((name, value))
            elif isinstance(value, list):
                files += [(name, each) for each in value]
            elif value is not None:
                fields[name] = str(value)
        request |= {"files": files, "data": fields}
    return request


def _plain(body: object) -> object:
    if isinstance(body, BaseModel):
        return body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return body


def _error(response: httpx.Response) -> ApiError:
    try:
        problem = response.json()
        return ApiError(response.status_code, str(problem["detail"]), problem)
    except (ValueError, KeyError, TypeError):
        sentence = f"The server answered {response.status_code}."
        return ApiError(response.status_code, sentence, {})
