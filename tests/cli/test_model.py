"""``foundsound model``: what a person types to change the model."""

import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.process import Cli
from tests.signals import noise, write


def test_a_model_is_changed_kept_and_dropped(cli: Cli, sounds: Path) -> None:
    cli.run("index", sounds)
    changed = cli.run("model", "use", "starter", "--keep", FOUNDSOUND_MODEL="auto")
    assert changed.returncode == 0, changed.stderr
    assert "The library now uses starter; 3 sounds embedded" in changed.stderr
    assert "unset it" not in changed.stderr

    listed = cli.run("model", "list").stdout
    assert "used starter  3 sounds" in listed
    assert "starter-bridge  3 sounds" in listed
    status = cli.run("status").stdout
    assert "beside    starter-bridge, complete" in status
    shown = cli.run("model", "show", FOUNDSOUND_MODEL="auto").stdout
    assert "because      the library is embedded with it" in shown

    in_use = cli.run("model", "drop", "starter")
    assert in_use.returncode == 2
    assert "change to another model first" in in_use.stderr
    assert "Dropped 3 sounds" in cli.run("model", "drop", "starter-bridge").stderr
    assert "starter-bridge" not in cli.run("model", "list").stdout
    unknown = cli.run("model", "drop", "starter-bridge")
    assert unknown.returncode == 2
    assert "foundsound model list" in unknown.stderr


def test_a_variable_that_still_names_the_old_model_is_told(cli: Cli, sounds: Path) -> None:
    cli.run("index", sounds)
    changed = cli.run("model", "use", "starter")
    assert "FOUNDSOUND_MODEL still names starter-bridge" in changed.stderr


def test_an_unknown_model_is_refused(cli: Cli, sounds: Path) -> None:
    cli.run("index", sounds)
    refused = cli.run("model", "use", "nonsense")
    assert refused.returncode == 2
    assert "There is no model 'nonsense'" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "starter-bridge  3 sounds" in cli.run("model", "list").stdout


def test_a_library_without_sounds_takes_the_model_at_once(cli: Cli, sounds: Path) -> None:
    assert cli.run("model", "use", "starter").returncode == 0
    assert "used starter  0 sounds" in cli.run("model", "list").stdout
    done = cli.run("index", sounds, FOUNDSOUND_MODEL="auto")
    assert "3 sounds indexed" in done.stderr
    assert "used starter  3 sounds" in cli.run("model", "list").stdout


def test_a_running_server_changes_the_model_itself(cli: Cli, sounds: Path) -> None:
    cli.run("index", sounds)
    with cli.serving() as client:
        assert client.get("/stats").json()["model"] == "starter-bridge"
        changed = cli.run("model", "use", "starter", FOUNDSOUND_MODEL="auto")
        assert changed.returncode == 0, changed.stderr
        assert "3 sounds embedded" in changed.stderr
        assert client.get("/stats").json()["model"] == "starter"
        assert (
            len(client.post("/search", json={"text": "noise", "show_weak": True}).json()["hits"])
            == 3
        )


def test_a_killed_switch_goes_on(cli: Cli, tmp_path: Path) -> None:
    for k in range(11):
        write(tmp_path / "many" / f"{k:02}.wav", noise(2.0, seed=k))
    write(tmp_path / "many" / "held.wav", noise(2.0, seed=11))  # in order: the last
    cli.run("index", tmp_path / "many")
    process = cli.start_held("model", "use", "starter")  # it cannot come to its end
    while _embedded(cli, "starter") < 11:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(cli.json("search", "noise", "--weak", "--takes", "--limit", "100")["hits"]) == 12
    again = cli.run("model", "use", "starter")
    assert again.returncode == 0, again.stderr
    assert "The library now uses starter; 1 sound embedded" in again.stderr
    assert cli.run("model", "list").stdout.startswith("used starter  12 sounds")
    found = cli.run("search", "noise", "--json", FOUNDSOUND_MODEL="auto").stdout
    assert '"model":"starter"' in found


def _embedded(cli: Cli, model: str) -> int:
    """How many sounds have vectors of a model, asked without a process that takes its time."""
    with closing(sqlite3.connect(cli.data_dir / "catalog.sqlite")) as connection:
        counted = connection.execute(
            "SELECT count(*) FROM sound_windows JOIN spaces ON spaces.id = space_id"
            " WHERE model = ?",
            (model,),
        )
        return int(counted.fetchone()[0])
