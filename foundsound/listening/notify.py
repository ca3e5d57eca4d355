"""Tells a webhook of events as they come, in a thread: nothing waits for a receiver."""

import asyncio
import json
import logging
import queue
import threading
import uuid
from typing import Any

from foundsound.alerts.webhook import NotDelivered, post
from foundsound.settings import Settings

log = logging.getLogger(__name__)
WAITING = 1000  # events; then the oldest news is no news
RETRIES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
END_S = 15.0


class Notifier:
    """Sends each event until it is taken, or has been tried for a minute. A context manager."""

    def __init__(self, url: str, secret: str, settings: Settings) -> None:
        self._url = url
        self._secret = secret
        self._settings = settings
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue(WAITING)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._send_all, name="notifier", daemon=True)

    def __enter__(self) -> "Notifier":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._events.put(None)
        self._thread.join(END_S)

    def send(self, event: dict[str, Any]) -> None:
        """Have an event told."""
        try:
            self._events.put_nowait(event)
        except queue.Full:
            log.warning("the webhook is too slow: an event is not told")

    def _send_all(self) -> None:
        while (event := self._events.get()) is not None:
            self._send(str(uuid.uuid4()), event)

    def _send(self, key: str, event: dict[str, Any]) -> None:
        body = json.dumps({"id": key, **event}, ensure_ascii=False).encode()
        for wait_s in (*RETRIES_S, None):
            try:
                asyncio.run(post(self._url, self._secret, key, body, self._settings))
                return
            except NotDelivered as error:
                if wait_s is None or self._leaving.is_set():
                    log.warning("an event is not told: %s", error)
                    return
                self._leaving.wait(wait_s)
