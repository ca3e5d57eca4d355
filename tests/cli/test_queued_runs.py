"""What a server that does not work is asked for, ``foundsound worker`` processes do."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx
import pytest

from foundsound.ownership import current_owner
from tests.cli.test_model_change_workers import catalog, cli, embedded, running
from tests.ingest.switching import NEW, OLD
from tests.process import HELD_CODE, Cli
from tests.signals import noise, write
from tests.waiting import wait_until

__all__ = ["catalog", "cli"]  # fixtures
SOUNDS = 12


class Server:
    """The API of a library, asked as its owner."""

    def __init__(self, cli: Cli, url: str) -> None:
        owner = current_owner(cli.data_dir)
        assert owner is not None
        headers = {"Authorization": f"Bearer {owner.token}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    def ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self._http.request(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def worker(self) -> str | None:
        """Who has the run that is under way."""
        runs = self.ask("GET", "/index")
        return runs[0]["worker"] if runs else None

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def ended(self, run_id: str) -> Callable[[], bool]:
        return lambda: self.ask("GET", f"/index/{run_id}")["state"] in ("done", "failed")


@pytest.mark.timeout(900)
def test_workers_do_what_the_server_is_asked_for(cli: Cli, catalog: Any, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for number in range(SOUNDS - 1):
        write(folder / f"{number:02}.wav", noise(1.0, seed=number))
    held = write(folder / "held.wav", noise(1.0, seed=SOUNDS - 1))
    write(folder / "copy.flac", noise(1.0, seed=0))  # the same to the ear
    done = cli.run("index", folder, FOUNDSOUND_MODEL=OLD)
    assert done.returncode == 0, done.stderr
    with ExitStack() as processes:
        serving = processes.enter_context(
            running(cli, "serve", "--no-work", "--no-watch", "--port", "0")
        )
        server = Server(cli, cli.wait_until_open(serving))
        processes.callback(server.close)
        wait_until(lambda: server.ask("GET", "/healthz") is not None)
        given_up = server.ask("POST", "/spaces", json={"model": NEW})["run_id"]
        server.ask("DELETE", f"/index/{given_up}")
        assert server.ask("GET", f"/index/{given_up}")["state"] == "stopped"
        run_id = server.ask("POST", "/spaces", json={"model": NEW})["run_id"]
        (told,) = server.ask("GET", "/index")
        assert (told["kind"], told["model"], told["worker"]) == ("switch", NEW, None)
        assert "change to starter, 0 of 0 sounds, waits for a worker" in cli.run("status").stdout

        workers: dict[str, Popen[str]] = {}
        for _ in range(2):
            process = processes.enter_context(running(cli, "worker", code=HELD_CODE))
            workers[str(process.pid)] = process
        wait_until(lambda: server.worker() is not None)
        first = str(server.worker()).split(":")[1]
        workers[first].kill()  # in whatever it is at
        held.with_suffix(".go").touch()  # until now the change had no end
        wait_until(server.ended(run_id))
        ended = server.ask("GET", f"/index/{run_id}")
        assert (ended["state"], ended["message"], ended["embedded"]) == ("done", "", 0)
        assert embedded(catalog) == {NEW: SOUNDS + 1}
        assert server.ask("GET", "/index") == []
        wait_until(lambda: server.ask("GET", "/stats")["model"] == NEW)  # it has followed

        run_id = server.ask("POST", "/duplicates")["run_id"]
        wait_until(server.ended(run_id))
        assert server.ask("GET", f"/index/{run_id}")["near_duplicates"] == 1
        (group,) = cli.json("duplicates", "--near", "--by-workers")["groups"]
        assert len(group["sounds"]) == 2
        run_id = server.ask("POST", "/spaces", json={"model": "/no/such"})["run_id"]
        wait_until(server.ended(run_id))
        assert "no model '/no/such'" in server.ask("GET", f"/index/{run_id}")["message"]
