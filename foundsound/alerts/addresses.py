"""Which addresses a webhook may go to.

Whoever may add an alert makes this machine send requests, so what only this machine reaches must be
out of reach: its own services, the local network, a cloud's metadata service. Settings may open
networks. A name is looked up once and the connection made to the very address that was checked,
or a second look-up might say something else.
"""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from foundsound.errors import InvalidRequest
from foundsound.settings import Settings

MOST_URL = 2000  # characters
_NAT64 = IPv6Network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}


def check_url(url: str) -> None:
    """Refuse what is no address of a webhook, without looking it up.

    Raises:
        InvalidRequest: it is none.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    plain = url.isascii() and url.isprintable() and " " not in url
    if not usable or len(url) > MOST_URL or not plain:
        raise InvalidRequest(
            "A webhook is an http:// or https:// address such as https://example.com/hook."
        )
    if parts.username is not None or parts.password is not None:
        raise InvalidRequest("A webhook's address holds no user or password; it gets a secret.")


def check_allowed_url(url: str, settings: Settings) -> None:
    """Refuse also an address that is private; what a name stands for is seen when it is sent.

    Raises:
        InvalidRequest: no webhook may go there.
    """
    check_url(url)
    host = urlsplit(url).hostname or ""
    address = _address_in("127.0.0.1" if host == "localhost" else host)
    if address is not None and not is_allowed(address, settings.webhook_networks):
        raise InvalidRequest(
            f"The webhook's host {host} is private; FOUNDSOUND_WEBHOOK_ALLOW names networks "
            "that webhooks may go to."
        )


async def reachable_address(url: str, settings: Settings) -> str:
    """The IP address that a webhook's host has now.

    Raises:
        InvalidRequest: one of its addresses is private, and no setting allows it.
        OSError: the name cannot be looked up.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None
    port = parts.port or PORTS[parts.scheme]
    found = await asyncio.get_running_loop().getaddrinfo(
        parts.hostname, port, type=socket.SOCK_STREAM
    )
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_allowed(address, settings.webhook_networks):
            raise InvalidRequest(
                f"The webhook's host {parts.hostname} is at the private address {address}; "
                "FOUNDSOUND_WEBHOOK_ALLOW names networks that webhooks may go to."
            )
    return addresses[0]


def _address_in(host: str) -> str | None:
    """The IP address that a host is written as, also the way of old (``0x7f.1``), or None."""
    with contextlib.suppress(ValueError):
        return str(ip_address(host))
    with contextlib.suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    return None


def is_allowed(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """True for a public address, and for one in these networks."""
    ip = _real(ip_address(address.partition("%")[0]))
    if any(ip.version == net.version and ip in net for net in networks):
        return True
    return ip.is_global and not ip.is_multicast


def _real(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo[1] if ip.teredo else None
    return ip.ipv4_mapped or ip.sixtofour or teredo or ip
