"""Messages arrive whole, or not at all."""

import io
import os

import pytest

from foundsound.processes.wire import Message, receive, send


def test_messages_and_payloads_arrive_as_they_were_sent() -> None:
    there, here = os.pipe()
    messages: list[tuple[Message, bytearray]] = [
        ({"kind": "a", "x": 0.1 + 0.2}, bytearray()),
        ({"kind": "b\ud800"}, bytearray(b"\x00\xff" * 500)),
    ]
    with open(there, "rb") as inward, open(here, "wb") as outward:
        for message, payload in messages:
            send(outward, message, payload)
        assert [receive(inward) for _ in messages] == messages
        outward.close()
        with pytest.raises(EOFError):
            receive(inward)


def test_half_a_message_is_an_end() -> None:
    stream = io.BytesIO()
    send(stream, {"kind": "a"}, b"payload")
    for length in range(1, len(stream.getvalue())):
        with pytest.raises(EOFError):
            receive(io.BytesIO(stream.getvalue()[:length]))


@pytest.mark.parametrize(
    "noise", [b"free(): invalid pointer", b"\x02\0\0\0\0\0\0\0[]", b"\x02\0\0\0\0\0\0\0{x"]
)
def test_what_is_no_message_is_told(noise: bytes) -> None:
    with pytest.raises(ValueError, match=r"message|Expecting"):
        receive(io.BytesIO(noise))
