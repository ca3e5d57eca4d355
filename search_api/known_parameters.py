"""Refuses URL parameters that a route does not know: a misspelt one must not go unnoticed."""

from collections.abc import Iterator

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from foundsound.errors import InvalidRequest


async def _check(request: Request) -> None:
    if not request.scope["query_string"]:
        return
    others = set(request.query_params) - set(_names(request.scope["route"].dependant))
    if others:
        raise InvalidRequest(f"There is no field '{min(others)}' in this request.")


KnownParameters = Depends(_check)


def _names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):  # each field is a parameter
            yield from (each.alias or name for name, each in kind.model_fields.items())
        else:
            yield parameter.alias
    for each in dependant.dependencies:
        yield from _names(each)
