"""Forms hold what a route knows and nothing else: a misspelt field must not go unnoticed."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.datastructures import FormData

from foundsound.errors import InvalidRequest
from search_api.whole_text import HALF, NOT_UNICODE


def check_form(form: FormData, *known: str) -> None:
    """Refuse other fields than these.

    Raises:
        InvalidRequest: there is one, or some text in the form is no Unicode.
    """
    for name, value in form.multi_items():
        said = value if isinstance(value, str) else value.filename or ""
        if HALF.search(name + said):  # UTF-7, which a form may claim to be, can spell it
            raise InvalidRequest(NOT_UNICODE)
    others = set(form) - set(known)
    if others:
        raise InvalidRequest(f"There is no field '{min(others)}' in this request.")


def only_fields(*known: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency of a route that takes a form with these fields."""

    async def check(request: Request) -> None:
        check_form(await request.form(), *known)  # it has been read already

    return check
