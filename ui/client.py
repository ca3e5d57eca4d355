"""Talks to the API, for pages: plain data in and out, and one sentence when something is wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx
import streamlit as st

from ui.settings import UiSettings, settings_from_environment

Json = dict[str, Any]
TIMEOUT = httpx.Timeout(30, connect=3)
SLOW = httpx.Timeout(120, connect=3)  # clips are uploaded and decoded
NO_KEY = (
    "The server wants a key, and this interface has none that it takes. Whoever runs it makes one "
    "with 'foundsound keys add'; the interface is told it by FOUNDSOUND_API_TOKEN."
)


class ApiError(Exception):
    """What the API said, for a person; ``span`` is where in the typed query."""

    def __init__(self, message: str, status: int = 0, span: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.span = span


class ApiClient:
    """One API. Safe to share between sessions and threads, as httpx's client is."""

    def __init__(self, settings: UiSettings) -> None:
        headers = {}
        if settings.api_token:
            headers["Authorization"] = f"Bearer {settings.api_token}"
        self._http = httpx.Client(
            base_url=settings.api_url, timeout=TIMEOUT, headers=headers, trust_env=False
        )

    def get(self, path: str, **params: Any) -> Any:
        """What stands at a path.

        Raises:
            ApiError: it does not answer, or refuses.
        """
        return self.send("GET", path, params={k: v for k, v in params.items() if v is not None})

    def send(
        self,
        method: str,
        path: str,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        files: Iterable[tuple[str, bytes]] = (),
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer of a request: JSON as data, anything else as bytes, nothing as None.

        Raises:
            ApiError: it does not answer, or refuses.
        """
        parts = [("file", file) for file in files]
        try:
            answer = self._http.request(
                method,
                path,
                json=json,
                params=params,
                files=parts or None,
                data=form,
                timeout=SLOW if parts else TIMEOUT,
            )
        except httpx.TimeoutException as error:
            raise ApiError("foundsound takes too long to answer; it may be busy.") from error
        except httpx.HTTPError as error:
            raise ApiError("foundsound does not answer. Start it with: foundsound serve") from error
        if answer.is_error:
            raise _refusal(answer)
        if not answer.content:
            return None
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if is_json else answer.content


def _refusal(answer: httpx.Response) -> ApiError:
    try:
        problem = answer.json()
        span = problem.get("span")
        detail = str(problem["detail"])
        if "foundsound keys add" in detail:  # what to send is for programs
            detail = NO_KEY
        return ApiError(detail, answer.status_code, (span[0], span[1]) if span else None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ApiError(f"foundsound answered with {answer.status_code}.", answer.status_code)


@st.cache_resource(show_spinner=False)
def api() -> ApiClient:
    """The API that this interface was started for."""
    return ApiClient(settings_from_environment())
