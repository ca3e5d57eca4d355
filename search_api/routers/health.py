"""Is the process alive, and is it ready to answer?"""

from collections.abc import Callable

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from foundsound.errors import FoundsoundError
from search_api.problems import RETRY_AFTER_S, problem, responses
from search_api.state import State

router = APIRouter(tags=["health"])
LOADING = "The text encoder is still loading; ask again."
STUCK = "It has not turned for minutes; start it again."
OK = "ok"


class Health(BaseModel):
    """A process that answers."""

    status: str = Field(default=OK, examples=[OK])


class Readiness(Health):
    """A process that answers searches, and each of its parts."""

    parts: dict[str, str] = Field(
        description="Each part: ok, or a sentence that says what it lacks.",
        examples=[{"model": OK, "catalogue": OK, "vectors": OK, "worker": OK, "watcher": OK}],
    )


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Alive")
async def healthz() -> Health:
    """The process runs; says nothing of the model."""
    # On the event loop: threads that wait for a server do not hold it up.
    return Health()


@router.head("/readyz", response_model=Readiness, include_in_schema=False)
@router.get(
    "/readyz", summary="Ready for queries", response_model=Readiness, responses=responses(503)
)
def readyz(state: State) -> Readiness | Response:
    """200 once the text encoder is loaded, and while catalogue and vectors can be used.

    Otherwise 503 and a sentence for each part that is not ready. ``parts`` tells of each by its
    name; what works beside the server is told of too, but searches are answered without it.
    """
    parts = {"model": "" if state.warm.is_set() else state.failure or LOADING}
    for name, check in (
        ("catalogue", state.library.catalog.check),
        ("vectors", state.library.store.serving),
    ):
        parts[name] = _told(check)
    reasons = [reason for reason in parts.values() if reason]
    for pulse in state.pulses:
        parts[pulse.name] = STUCK if pulse.beat.stuck else pulse.waits_for
    told = {name: reason or OK for name, reason in parts.items()}
    if not reasons:
        return Readiness(parts=told)
    # Two parts may lack the same server.
    detail = " ".join(dict.fromkeys(reasons))
    return problem(503, detail, {"Retry-After": str(RETRY_AFTER_S)}, parts=told)


def _told(check: Callable[[], object]) -> str:
    """Why it fails; empty when it does not."""
    try:
        check()
    except FoundsoundError as error:
        return str(error)
    return ""
