"""``foundsound keys``, and a server that other machines reach."""

import signal

import httpx

from tests.process import Cli


def test_a_server_for_other_machines_wants_a_key(cli: Cli) -> None:
    refused = cli.run("serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2
    assert "foundsound keys add" in refused.stderr
    assert "Traceback" not in refused.stderr

    assert "keys add" in cli.run("keys", "list").stdout
    made = cli.run("keys", "add", "asset manager", "--scope", "write")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    (row,) = cli.json("keys", "list")
    assert (row["name"], row["scope"], row["used_at"]) == ("asset manager", "write", None)
    shown = cli.run("keys", "list").stdout
    assert "asset manager" in shown
    assert key.rsplit("_", 1)[1] not in shown

    serving = cli.start("serve", "--host", "0.0.0.0", "--port", "0", "--no-work", "--no-watch")
    try:
        assert serving.stderr is not None
        line = serving.stderr.readline()
        url = line.split()[2]
        assert httpx.get(f"{url}/stats", timeout=60).status_code == 401
        allowed = httpx.get(f"{url}/stats", headers={"Authorization": f"Bearer {key}"}, timeout=60)
        assert allowed.status_code == 200
        assert cli.run("status").returncode == 0  # asks with the owner's token
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)
    assert cli.json("keys", "list")[0]["used_at"] is not None

    assert cli.run("keys", "map", row["id"], "/srv/sfx=Z:\\SFX").returncode == 0
    assert cli.json("keys", "list")[0]["path_map"] == ["/srv/sfx=Z:\\SFX"]
    assert "Z:\\SFX" in cli.run("keys", "list").stdout
    wrong = cli.run("keys", "add", "b", "--map", "/srv/sfx")
    assert (wrong.returncode, "no pair of folders" in wrong.stderr) == (2, True)

    assert cli.run("keys", "remove", row["id"]).returncode == 0
    assert cli.json("keys", "list") == []
    again = cli.run("keys", "remove", row["id"])
    assert (again.returncode, "There is no key" in again.stderr) == (2, True)


def test_a_short_key_in_the_settings_is_refused(cli: Cli) -> None:
    refused = cli.run("status", FOUNDSOUND_API_KEY="short")
    assert refused.returncode == 2
    assert "API_KEY" in refused.stderr.upper()
    assert "short" not in refused.stderr.replace("too short", "")
