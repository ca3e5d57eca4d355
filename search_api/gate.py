"""Who may do what: a key, the library's own token, or anybody on this machine."""

import asyncio
import secrets
from typing import TYPE_CHECKING

from fastapi.security import HTTPAuthorizationCredentials
from starlette.exceptions import HTTPException

from foundsound.api_keys import Scope

if TYPE_CHECKING:
    from search_api.state import ApiState

CHALLENGE = {"WWW-Authenticate": "Bearer"}
WANTED = {
    Scope.READ: "This server answers to API keys only",
    Scope.WRITE: "This changes the library, and needs a key of scope write",
    Scope.ADMIN: "This needs a key of scope admin",
}


async def demand(
    state: "ApiState", sent: HTTPAuthorizationCredentials | None, scope: Scope
) -> None:
    """Let a request pass that shows a key of at least ``scope``, or the token of ``owner.json``.

    Raises:
        HTTPException: 401 without a valid key, 403 with one that allows less.
        Unavailable: the catalogue, where keys are looked up, is away.
    """
    key = sent.credentials if sent else ""
    if state.token is not None and secrets.compare_digest(key.encode(), state.token.encode()):
        return
    if state.keys is None:
        raise HTTPException(
            401,
            "This needs the token that stands in owner.json in the library's data directory.",
            headers=CHALLENGE,
        )
    remembered, allowed = state.keys.known(key)
    if not remembered:
        allowed = await asyncio.to_thread(state.keys.judge, key)
    if allowed is None:
        reason = "the one you sent is unknown or has expired" if key else "none was sent"
        raise HTTPException(
            401,
            f"{WANTED[scope]}; {reason}. Whoever runs it makes one with 'foundsound keys add'; "
            "send it as 'Authorization: Bearer …'.",
            headers=CHALLENGE,
        )
    if allowed < scope:
        raise HTTPException(403, f"{WANTED[scope]}; yours is of scope {allowed.name.lower()}.")
