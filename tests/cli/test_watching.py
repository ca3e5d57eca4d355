"""A served library that watches: what a person copies, moves and deletes, and how it ends."""

import shutil
import signal
import time
from pathlib import Path
from typing import Any

import httpx

from tests.process import END_S, TIMEOUT_S, Cli
from tests.signals import noise, tone, write
from tests.waiting import wait_until

# A server whose watcher takes the time from a file while there is one: a copier that this machine
# lets stand still for as long as a file must rest has not come to its end.
CLOCKS = """
import time
from functools import partial
from pathlib import Path
from foundsound.cli.app import main
from ingest import root_watcher
from ingest.stability import StabilityTracker

def clock(number, real):
    def now():
        try:
            return float(Path({!r}).read_text().split()[number])
        except FileNotFoundError:
            return real()
    return now

clocks = dict(clock=clock(0, time.monotonic), wall=clock(1, time.time))
root_watcher.StabilityTracker = partial(StabilityTracker, **clocks)
main()
"""


def hits(client: httpx.Client) -> dict[str, dict[str, Any]]:
    everything = {"text": "a sound", "limit": 100, "show_weak": True, "fold": False}
    answer = client.post("/search", json=everything).json()
    return {Path(hit["path"]).name: hit for hit in answer["hits"]}


def stand_still(stopped: Path, at: tuple[float, float], passed_s: float) -> None:
    """Let the watcher's clocks show this much more than they did."""
    stopped.with_suffix(".new").write_text(f"{at[0] + passed_s} {at[1] + passed_s}")
    stopped.with_suffix(".new").replace(stopped)


def test_what_is_copied_moved_and_deleted_is_followed(
    cli: Cli, sounds: Path, tmp_path: Path
) -> None:
    write(tmp_path / "source.wav", noise(20.0, seed=7))
    cli.run("roots", "add", sounds)
    stopped = tmp_path / "stopped"
    with cli.serving(CLOCKS.format(str(stopped))) as client:
        wait_until(lambda: len(hits(client)) == 3, lambda: client.get("/roots").json())
        wait_until(lambda: "watched by native" in cli.run("status").stdout)
        before = hits(client)

        content = (tmp_path / "source.wav").read_bytes()
        begun = time.monotonic(), time.time()
        stand_still(stopped, begun, 0.0)
        with (sounds / "slow.wav").open("wb") as file:  # a copy that takes its time
            for part in range(10):
                start, size = part * len(content) // 10, len(content) // 10 + 1
                file.seek(start)
                file.write(content[start : start + size])
                file.flush()
                time.sleep(0.7)
                stand_still(stopped, begun, 0.7 * (part + 1))
                assert client.get("/stats").json()["unreadable_files"] == 0
                assert "slow.wav" not in hits(client)
        stopped.unlink()
        wait_until(lambda: "slow.wav" in hits(client), lambda: client.get("/stats").json())
        assert hits(client)["slow.wav"]["duration_s"] == 20.0
        assert client.get("/stats").json()["sounds"] == 4  # no half of it was ever a sound

        (sounds / "sub").rename(sounds / "renamed")
        (sounds / "noise.wav").rename(sounds / "renamed" / "moved.wav")
        wait_until(lambda: "moved.wav" in hits(client), lambda: hits(client))
        wait_until(lambda: "noise.wav" not in hits(client), lambda: hits(client))
        assert hits(client)["moved.wav"]["added_at"] == before["noise.wav"]["added_at"]
        (sounds / "tone.flac").unlink()
        wait_until(lambda: "tone.flac" not in hits(client), lambda: hits(client))

        sounds.rename(tmp_path / "unplugged")
        wait_until(
            lambda: all(hit["offline"] for hit in hits(client).values()), lambda: hits(client)
        )
        assert len(hits(client)) == 3
        assert "offline" in cli.run("roots", "list").stdout
        (tmp_path / "unplugged").rename(sounds)
        wait_until(
            lambda: not any(h["offline"] for h in hits(client).values()), lambda: hits(client)
        )


def test_it_ends_within_ten_seconds_in_the_midst_of_work(cli: Cli, tmp_path: Path) -> None:
    for number in range(11):
        write(tmp_path / "many" / f"{number:03}.wav", tone(6.0, 100.0 + number))
    write(tmp_path / "many" / "held.wav", tone(6.0, 99.0))
    cli.run("roots", "add", tmp_path / "many")
    process = cli.start_held("serve", "--port", "0")
    url = cli.wait_until_open(process)
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        wait_until(
            lambda: client.get("/stats").json()["sounds"] == 11, lambda: client.get("/stats").json()
        )
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=TIMEOUT_S)
    assert time.monotonic() - asked < END_S
    assert (process.returncode, "Traceback" in told) == (0, False), told
    with cli.serving() as client:  # and the next one goes on
        wait_until(
            lambda: client.get("/stats").json()["pending"] == 0, lambda: client.get("/stats")
        )
        wait_until(
            lambda: client.get("/stats").json()["sounds"] == 12, lambda: client.get("/stats")
        )


def test_a_watcher_alone_fills_the_queue_and_ends(cli: Cli, sounds: Path) -> None:
    cli.run("roots", "add", sounds)
    process = cli.start("watch")
    wait_until(lambda: "3 waiting" in cli.run("status").stdout, lambda: cli.run("status").stdout)
    refused = cli.run("roots", "add", sounds / "sub")
    assert "lies in the root" in refused.stderr
    shutil.copy(sounds / "noise.wav", sounds / "copy.wav")
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, "watches 1 root" in told) == (0, True), told


def test_serving_without_watching(cli: Cli, sounds: Path) -> None:
    cli.run("roots", "add", sounds)
    process = cli.start("serve", "--port", "0", "--no-watch")
    url = cli.wait_until_open(process)
    time.sleep(3)
    assert httpx.get(f"{url}/stats", trust_env=False, timeout=60).json()["files"] == 0
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=TIMEOUT_S)
