"""Signs what is sent to a webhook, as the Standard Webhooks specification has it.

https://www.standardwebhooks.com: HMAC-SHA256 over ``id.timestamp.body``, so that neither the body
nor its age can be forged. There are libraries in every language that check it.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from foundsound.errors import InvalidRequest

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 16, 64


def new_secret() -> str:
    """A fresh secret: 32 random bytes in base64, behind ``whsec_``."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(secret: str) -> None:
    """Refuse what is no secret of ours.

    Raises:
        InvalidRequest: it is not ``whsec_`` and 16 to 64 bytes in base64.
    """
    try:
        key = _key(secret)
    except (ValueError, binascii.Error):
        key = b""
    if not secret.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise InvalidRequest(
            f"A webhook's secret is {PREFIX} and {LEAST_BYTES} to {MOST_BYTES} bytes in base64; "
            "without one, foundsound makes it."
        )


def signed_headers(secret: str, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows a message as ours, as new, and as one it has had.

    Args:
        key: the idempotency key: the same however often a message is sent.
        timestamp: of this attempt, in seconds since 1970.
    """
    signed = f"{key}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "idempotency-key": key,
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
