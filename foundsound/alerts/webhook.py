"""Sends one message to a webhook."""

import asyncio
import time
from urllib.parse import urlsplit

import httpx

from foundsound import __version__
from foundsound.alerts.addresses import reachable_address
from foundsound.alerts.signature import signed_headers
from foundsound.errors import InvalidRequest
from foundsound.settings import Settings


class NotDelivered(Exception):
    """The receiver has not taken a message.

    Args:
        sentence: why.
        wait_s: how long it asked to be left alone.
    """

    def __init__(self, sentence: str, wait_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


async def post(url: str, secret: str, key: str, body: bytes, settings: Settings) -> None:
    """Send a signed message; any answer of 200 to 299 means that it was taken.

    Raises:
        NotDelivered: it was not, or nobody knows whether it was.
    """
    try:
        async with asyncio.timeout(settings.webhook_timeout_s):
            await _post(url, secret, key, body, settings)
    except TimeoutError as error:
        limit = settings.webhook_timeout_s
        raise NotDelivered(f"The webhook did not answer within {limit:g} s.") from error
    except (OSError, httpx.HTTPError, httpx.InvalidURL) as error:
        why = str(error) or type(error).__name__
        raise NotDelivered(f"The webhook cannot be reached: {why}.") from error
    except InvalidRequest as error:
        raise NotDelivered(str(error)) from error


async def _post(url: str, secret: str, key: str, body: bytes, settings: Settings) -> None:
    address = await reachable_address(url, settings)
    parts = urlsplit(url)
    assert parts.hostname is not None
    headers = {
        "host": parts.netloc,
        "content-type": "application/json",
        "user-agent": f"foundsound/{__version__}",
        **signed_headers(secret, key, int(time.time()), body),
    }
    # To the address that was checked, whatever the name says by now; no proxy, no redirect.
    target = httpx.URL(url).copy_with(host=address)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=settings.webhook_timeout_s) as client,
        client.stream(
            "POST",
            target,
            content=body,
            headers=headers,
            extensions={"sni_hostname": parts.hostname},
        ) as answer,
    ):
        if not answer.is_success:
            asked = answer.headers.get("retry-after", "")
            wait_s = float(asked) if asked.isascii() and asked.isdigit() else 0.0
            raise NotDelivered(f"The webhook answered {answer.status_code}.", wait_s)
