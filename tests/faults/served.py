"""A real ``foundsound serve`` under trouble: who asks, what it answers, what it takes."""

import itertools
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from foundsound.ownership import current_owner
from tests.process import COMMAND, TIMEOUT_S, Cli

READY_S = 240.0
# Before and after it answered, and beside requests: what is away is told in a sentence.
FAILED = ("the request failed", "Exception in ASGI application", "Traceback")
Ask = Callable[[httpx.Client, random.Random], httpx.Response]


class ServedApi:
    """A running server.

    Args:
        process: the server's own; it may have children.
        url: of its API.
        token: allows everything.
    """

    def __init__(self, process: subprocess.Popen[bytes], url: str, token: str, log: Path) -> None:
        self._process = process
        self.url = url
        self.token = token
        self._log = log

    def client(self) -> httpx.Client:
        """One that may do everything."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, timeout=180, trust_env=False, headers=headers)

    def memory(self) -> int:
        """Bytes of RAM that the server's own process holds."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def violations(self) -> list[str]:
        """What no server may do, so far: end, or fail otherwise than in a sentence."""
        found = [] if self._process.poll() is None else ["the server has ended"]
        log = self._log.read_text(errors="replace")
        places = [at for at in map(log.find, FAILED) if at >= 0]
        return found + [f"something failed: {log[max(0, at - 200) : at + 8000]}" for at in places]


@contextmanager
def served(cli: Cli, log: Path, *options: str) -> Iterator[ServedApi]:
    """Serve while the body runs; it is ready when the body begins."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", *options],
            env=cli.environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
        try:
            deadline = time.monotonic() + READY_S
            while (owner := current_owner(cli.data_dir)) is None or not owner.url:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            api = ServedApi(process, owner.url, owner.token, log)
            with api.client() as client:
                while client.get("/readyz").status_code != 200:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            yield api
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(TIMEOUT_S)


@dataclass
class Visitors:
    """Threads that ask by turns, until they are told to stop; every answer is judged.

    Args:
        api: whom they ask.
        asks: what they may ask, by name.
        seed: of what each asks next.
    """

    api: ServedApi
    asks: dict[str, Ask]
    seed: int
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    most_memory: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def asking(self, count: int) -> Iterator[None]:
        """``count`` of them ask while the body runs."""
        self._stop.clear()
        threads = [threading.Thread(target=self._ask, args=(self.seed + n,)) for n in range(count)]
        threads.append(threading.Thread(target=self._watch))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def wait_until_noticed(self) -> None:
        """Go on once one more of them was told that something is away."""
        before, deadline = self._unavailable(), time.monotonic() + READY_S
        while self._unavailable() == before:
            assert time.monotonic() < deadline, "nobody was told of it"
            time.sleep(0.05)

    def _unavailable(self) -> int:
        return sum(count for (_, status), count in self.answers.copy().items() if status == 503)

    def settled(self) -> list[str]:
        """What is not answered with success now that nothing is wrong."""
        with self.api.client() as client:
            deadline = time.monotonic() + READY_S
            while True:
                rng = random.Random(0)
                found = {name: ask(client, rng) for name, ask in self.asks.items()}
                bad = [
                    f"{name}: {a.status_code} {a.text}" for name, a in found.items() if a.is_error
                ]
                if not bad or time.monotonic() > deadline:
                    return bad
                time.sleep(0.2)

    def _ask(self, seed: int) -> None:
        rng, last = random.Random(seed), "nothing"
        with self.api.client() as client:
            while not self._stop.is_set():
                name, begun = rng.choice(list(self.asks)), time.monotonic()
                try:
                    answer = self.asks[name](client, rng)
                except httpx.HTTPError as error:
                    took_s = time.monotonic() - begun
                    self.violations.append(f"{name}, after {last}: {error!r} in {took_s:.2f} s")
                    continue
                last = f"{name} {answer.status_code}"
                self.answers[name, answer.status_code] += 1
                if not answer.is_success:
                    self._judge(name, answer)
                    time.sleep(0.05)  # as one who was told to come again

    def _judge(self, name: str, answer: httpx.Response) -> None:
        told = f"{name}: {answer.status_code} {answer.text}"
        if answer.headers.get("content-type") != "application/problem+json":
            self.violations.append(f"{told}, which is no problem")
        elif answer.status_code == 503 and "retry-after" not in answer.headers:
            self.violations.append(f"{told}, without Retry-After")
        elif answer.status_code not in (404, 408, 413, 422, 503):
            self.violations.append(told)

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.most_memory = max(self.most_memory, self.api.memory())

    def __str__(self) -> str:
        total = Counter[int]()
        for (_, status), count in self.answers.items():
            total[status] += count
        told = ", ".join(f"{count} x {status}" for status, count in sorted(total.items()))
        return f"{told}; {len(self.violations)} violations"


@dataclass
class Tags:
    """Writes that were acknowledged, to be looked for afterwards."""

    sound_id: str
    told: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=itertools.count)

    def write(self, client: httpx.Client, _: random.Random) -> httpx.Response:
        """Tag the sound with something new."""
        tag = f"tag {next(self._numbers)}"
        answer = client.patch(f"/sounds/{self.sound_id}", json={"add_tags": [tag]})
        if answer.is_success:
            self.told.add(tag)
        return answer

    def lost(self, api: ServedApi) -> set[str]:
        """Those that are not there, although the server said so."""
        with api.client() as client:
            found = client.get(f"/sounds/{self.sound_id}").raise_for_status().json()
        return self.told - set(found["tags"])
