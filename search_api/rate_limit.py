"""Holds back whoever asks too much: a key, or an address that shows no valid one."""

import math
import time
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from foundsound.api_keys import KeyRing
from search_api.problems import problem
from search_api.raw_headers import bearer

FREE = frozenset({"/healthz", "/readyz"})


class RateLimit:
    """ASGI middleware: so many requests a minute, counted in this process.

    Args:
        a_minute: how many.
        keys: knows keys that were judged; any other is nobody's, and its sender's address counts:
            who makes keys up gains nothing.
    """

    def __init__(self, app: ASGIApp, a_minute: int, keys: KeyRing) -> None:
        self._app = app
        self._limit = RateLimitItemPerMinute(a_minute)
        self._keys = keys
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429 with the seconds to wait."""
        if scope["type"] == "http" and scope["path"] not in FREE:
            who = self._who(scope)
            if not self._windows.hit(self._limit, who):
                reset_at = self._windows.get_window_stats(self._limit, who).reset_time
                wait_s = max(1, math.ceil(reset_at - time.time()))
                refusal = problem(
                    429,
                    f"That was more than {self._limit.amount} requests a minute; ask again in "
                    f"{wait_s} s.",
                    {"Retry-After": str(wait_s)},
                )
                return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)

    def _who(self, scope: Scope) -> str:
        key = bearer(scope)
        name = self._keys.name_of(key) if key else None
        if name is not None:
            return f"key {name}"
        client = scope.get("client")
        return _network(client[0]) if client else "nobody"


def _network(address: str) -> str:
    """What one person has of addresses: of IPv6, the 64 bits that lead to a network."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((ip, 64), strict=False)) if isinstance(ip, IPv6Address) else address
