"""What a webhook is sent, and where it is never sent."""

import asyncio
import socket
from typing import Any

import pytest

from foundsound.alerts.addresses import is_allowed
from foundsound.alerts.signature import new_secret, signed_headers
from foundsound.alerts.webhook import NotDelivered, post
from foundsound.settings import Settings
from tests.alerts.receiver import Receiver


def send(url: str, settings: Settings) -> None:
    asyncio.run(post(url, new_secret(), "key", b"{}", settings))


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks libraries' own tests."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_private_addresses(address: str) -> None:
    assert not is_allowed(address, [])


def test_public_addresses_and_allowed_ones(settings: Settings) -> None:
    assert is_allowed("93.184.216.34", [])
    assert is_allowed("2606:2800:220:1::1", [])
    assert is_allowed("127.0.0.1", settings.webhook_networks)
    assert is_allowed("::ffff:127.0.0.1", settings.webhook_networks)
    assert not is_allowed("10.0.0.1", settings.webhook_networks)


def test_networks_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 network"):
        Settings(webhook_allow="the office")


def test_a_name_that_means_this_machine(receiver: Receiver, settings: Settings) -> None:
    url = receiver.url.replace("127.0.0.1", "localhost")
    closed = settings.model_copy(update={"webhook_allow": ""})
    with pytest.raises(NotDelivered, match=r"localhost is at the private address"):
        send(url, closed)
    assert receiver.tries == 0


def test_a_name_is_looked_up_once(
    receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another address at the second look would be one that nobody checked."""
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    looks: list[Any] = []

    def look(host: Any, *_: object, **__: object) -> list[Any]:
        looks.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    send(f"http://hook.example:{port}/x?y=1", settings)
    assert [each for each in looks if each == "hook.example"] == ["hook.example"]
    ((headers, _),) = receiver.received
    assert headers["host"] == f"hook.example:{port}"


def test_redirects_are_not_followed(receiver: Receiver, settings: Settings) -> None:
    receiver.answer, receiver.headers_sent = 307, {"location": "http://10.0.0.1/"}
    with pytest.raises(NotDelivered, match="answered 307"):
        send(receiver.url, settings)


def test_nobody_there(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotDelivered, match="cannot be reached"):
        send(f"http://127.0.0.1:{port}/", settings)
