"""What people do to a server, for locust; ``python -m benchmarks.api_load`` runs it.

Each does one thing after the other without a pause. The weights are how often of a hundred times.
"""

import random
from argparse import ArgumentParser
from typing import Any

from locust import FastHttpUser, constant, events, task

from benchmarks.query_texts import query_texts
from benchmarks.random_vectors import sound_id

FILTERS = ("cat:DOOR* dur:<5", "sr:>=96k ch:stereo", "lufs:<-30 fmt:flac", "dur:2..10 fmt:wav")
LISTENED = 65_536  # bytes
TEXTS = query_texts(200)


@events.init_command_line_parser.add_listener
def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--token", help="allows everything")
    parser.add_argument("--sounds", type=int, help="made up, in the library")
    parser.add_argument("--heard", nargs="+", help="ids of sounds that have a file")
    parser.add_argument("--phase", type=int, help="another one asks other things")


class Person(FastHttpUser):
    """One who works with the library."""

    wait_time = constant(0)
    count = 0

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        options = self.environment.parsed_options
        self._sounds, self._heard = options.sounds, options.heard
        # Of its own in each phase: nothing is asked that was answered in an earlier one.
        self._rng = random.Random(f"{options.phase} {Person.count}")
        Person.count += 1
        self.client.auth_header = f"Bearer {options.token}"

    @task(40)
    def search_by_text(self) -> None:
        """A text that was never asked, so that no answer is remembered."""
        text = f"{self._rng.choice(TEXTS)} {self._rng.randrange(1_000_000)}"
        self._ask("search by text", "POST", "/search", {"text": text, "show_weak": True})

    @task(15)
    def search_by_sound(self) -> None:
        """What sounds like a sound of the library."""
        parts = [{"type": "item", "sound_id": self._made()}]
        self._ask("search by sound", "POST", "/search", {"parts": parts, "show_weak": True})

    @task(10)
    def filter(self) -> None:
        """Filters alone, by name."""
        text = self._rng.choice(FILTERS)
        self._ask("filters alone", "POST", "/search", {"text": text, "sort": "name", "limit": 50})

    @task(20)
    def look(self) -> None:
        """All that is known of a sound."""
        self._ask("look at a sound", "GET", f"/sounds/{self._made()}")

    @task(10)
    def listen(self) -> None:
        """The first bytes of a file, as a player asks for them."""
        path = f"/sounds/{self._rng.choice(self._heard)}/audio"
        ranged = {"Range": f"bytes=0-{LISTENED - 1}"}
        with self.client.get(
            path, headers=ranged, name="listen (64 kB)", catch_response=True
        ) as answer:
            if answer.status_code != 206 or len(answer.content or b"") != LISTENED:
                answer.failure(f"{answer.status_code}, {len(answer.content or b'')} bytes")

    @task(5)
    def tag(self) -> None:
        """A tag more for a sound."""
        body = {"add_tags": [f"tag {self._rng.randrange(500)}"]}
        self._ask("tag", "PATCH", f"/sounds/{self._made()}", body)

    def _made(self) -> str:
        return sound_id(self._rng.randrange(self._sounds))

    def _ask(self, name: str, method: str, path: str, body: Any = None) -> None:
        self.client.request(method, path, json=body, name=name)
