"""Ports for servers that are told theirs before they start."""

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """One that stays free: systems hand out none of these to whoever asks for any."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("every port is taken")
