"""What a person types and sees."""

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foundsound import __version__
from tests.process import TIMEOUT_S, Cli
from tests.signals import noise, write


@pytest.fixture(scope="module")
def one_sound(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Cli:
    """A library of one sound, for what changes nothing in it."""
    folder = tmp_path_factory.mktemp("one")
    write(folder / "in" / "a.wav", noise(0.5))
    cli = Cli(folder / "library", cache_dir)
    assert cli.run("index", folder / "in").returncode == 0
    return cli


def test_help_lists_every_command(cli: Cli) -> None:
    shown = cli.run("--help").stdout
    for command in ("index", "search", "show", "status", "serve", "model", "doctor"):
        assert command in shown
    assert cli.run("--version").stdout == f"foundsound {__version__}\n"


def test_an_empty_library_says_what_to_do(cli: Cli) -> None:
    done = cli.run("search", "rain")
    assert (done.returncode, done.stdout) == (0, "")
    assert "foundsound index" in done.stderr
    assert cli.json("search", "rain")["hits"] == []
    assert "foundsound index" in cli.run("status").stderr
    assert not cli.data_dir.exists()  # looking leaves nothing behind


def test_index_search_status(cli: Cli, sounds: Path) -> None:
    (sounds / "broken.wav").write_bytes(b"")
    done = cli.run("index", sounds)
    assert done.returncode == 0, done.stderr
    assert re.search(r"3 sounds indexed \(0:0[45] of audio\)", done.stderr)
    assert "1 file could not be used" in done.stderr
    assert "broken.wav" in done.stderr
    assert "The file is empty (0 bytes)." in done.stderr

    shown = cli.run("search", "white noise, static", "--limit", "2")
    assert shown.returncode == 0
    score, start_s, path = shown.stdout.splitlines()[0].split("\t")
    assert float(score) > 0
    assert (start_s, path) == ("0.00", str(sounds / "noise.wav"))

    answer = cli.json("search", "white noise, static")
    assert {"path", "score", "start_s", "end_s", "sound_id"} <= set(answer["hits"][0])
    assert answer["hits"][0]["path"] == str(sounds / "noise.wav")

    (alike, *_) = cli.json("search", "--like", sounds / "tone.flac")["hits"]
    assert alike["path"] == str(sounds / "tone.flac")

    again = cli.run("index", sounds)
    assert "0 sounds indexed" in again.stderr
    assert "4 files unchanged" in again.stderr
    changed = cli.run("index", sounds, "--model", "starter")
    assert "foundsound model use starter" in " ".join(changed.stderr.split())
    assert "3 sounds indexed" in changed.stderr

    status = cli.run("status").stdout
    assert re.search(r"^sounds +3 ", status, re.MULTILINE)
    assert re.search(r"^unusable +1 ", status, re.MULTILINE)
    assert str(sounds) in status
    assert "The file is empty (0 bytes)." in cli.run("failed").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search"], "a description, --like FILE, or both"),
        (["search", "rain", "--like", "x.wav"], "x.wav: The file cannot be read"),
        (["search", "rain", "--sort", "colour"], "--sort takes relevance, name"),
        (["search", "rain", "--from", "2"], "a stretch of one --like"),
        (["search", "--like", "x.wav", "--to", "soon"], "'soon' is no time"),
        (["search", "--not", "rain"], "a description, --like FILE, or both"),
        (["search", "rain", "--refine", "/no/such/ids"], "--refine: /no/such/ids cannot be read"),
        (["search", "rain", "--refine", "{text}"], "neither the JSON of a search nor sound ids"),
        (["search", "rain", "--cursor", "x"], "another query"),
        (["search", ""], "query is empty"),
        (["search", "x" * 10_000], "10,000 characters"),
        (["search", "rain", "--limit", "0"], "between 1 and 1000"),
        (["search", "rain", "--limit", "many"], "--limit"),
        (["search", "rain", "--model", "nonsense"], "Known models: "),
        (["search", "--like", "/no/such/clip.wav"], "cannot be read: No such file"),
        (["search", "--like", "{text}"], "not audio"),
        (["index", "/no/such/folder"], "no file or folder"),
        (["index", "{text}"], "not an audio file"),
        (["index"], "paths"),
        (["model", "show", "--model", "nonsense"], "Known models: "),
        (["frobnicate"], "frobnicate"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:40],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    one_sound: Cli, tmp_path: Path, arguments: list[str], words: str
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("no audio here")
    done = one_sound.run(*[a.format(text=notes) for a in arguments])
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_wrong_settings_are_named(cli: Cli) -> None:
    done = cli.run("status", FOUNDSOUND_PORT="loud")
    assert done.returncode == 2
    assert "FOUNDSOUND_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_directory_that_cannot_be_made_is_named(cli: Cli, sounds: Path) -> None:
    done = cli.run("index", sounds, FOUNDSOUND_DATA_DIR="/dev/null/library")
    assert done.returncode == 2
    assert "FOUNDSOUND_DATA_DIR" in done.stderr


def test_model_and_doctor_are_content(cli: Cli, sounds: Path) -> None:
    assert "starter" in cli.run("model", "show").stdout
    checked = cli.run("model", "self-check")
    assert checked.returncode == 0
    assert "works" in checked.stdout
    cli.run("index", sounds)
    healthy = cli.run("doctor")
    assert healthy.returncode == 0, healthy.stdout
    assert "bad" not in healthy.stdout


def test_doctor_tells_what_is_wrong(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    cli.run("index", sounds)
    sounds.rename(tmp_path / "unplugged")
    ill = cli.run("doctor")
    assert ill.returncode == 1
    assert "is its drive online?" in ill.stdout


def test_odd_names_stay_on_their_line(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "in" / "two\nlines [red].wav", noise(0.5))
    cli.run("index", tmp_path / "in")
    shown = cli.run("search", "noise", "--weak").stdout
    assert "two\\nlines [red].wav" in shown
    answer = cli.run("search", "noise", "--weak", "--json").stdout
    assert json.loads(answer)["hits"][0]["path"].endswith("two\nlines [red].wav")


def test_a_serving_process_is_asked_over_http(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    with cli.serving() as client:
        done = cli.run("index", sounds)
        assert done.returncode == 0, done.stderr
        assert "3 sounds indexed" in done.stderr
        assert client.get("/stats").json()["sounds"] == 3
        over_http = cli.json("search", "white noise, static")
        assert over_http["hits"][0]["path"] == str(sounds / "noise.wav")
        (alike, *_) = cli.json("search", "--like", sounds / "tone.flac")["hits"]
        assert alike["path"] == str(sounds / "tone.flac")
        assert "serving" in cli.run("status").stdout
        other = cli.run("search", "noise", "--model", "starter")
        assert other.returncode == 2
        assert "no model 'starter' here" in other.stderr
        bad = cli.run("search", "")
        assert (bad.returncode, bad.stdout) == (2, "")
        assert "query is empty" in bad.stderr
        second = cli.run("serve", "--port", "0")
        assert second.returncode == 2
        assert "using the library" in second.stderr
    assert not (cli.data_dir / "owner.json").exists()  # ended cleanly
    local = cli.json("search", "white noise, static")
    assert [h["sound_id"] for h in local["hits"]] == [h["sound_id"] for h in over_http["hits"]]


def test_a_port_that_is_none_is_named(cli: Cli) -> None:
    done = cli.run("serve", "--port", "99999")
    assert done.returncode == 2
    assert "PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = cli.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_a_note_of_a_killed_owner_does_not_mislead(cli: Cli, sounds: Path) -> None:
    process = cli.start("serve", "--port", "0")
    cli.wait_until_open(process)
    process.kill()
    process.communicate()
    assert (cli.data_dir / "owner.json").exists()
    assert cli.run("index", sounds).returncode == 0
    assert len(cli.json("search", "noise", "--weak")["hits"]) == 3


def test_searching_works_while_another_process_indexes(cli: Cli, tmp_path: Path) -> None:
    held = write(tmp_path / "one" / "held.wav", noise(4.0))
    process = cli.start_held("index", tmp_path / "one")
    while not held.with_suffix(".held").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    during = cli.run("search", "noise", "--json")
    refused = cli.run("index", tmp_path / "one")
    still_running = process.poll() is None
    held.with_suffix(".go").touch()
    _, told = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, told
    assert still_running
    assert "1 sound indexed" in told
    assert during.returncode == 0, during.stderr
    assert refused.returncode == 2
    assert "wait until it has finished" in " ".join(refused.stderr.split())


def test_nothing_reports_to_anybody(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    """onnxruntime keeps a database of events in the home directory unless it is told not to."""
    home = tmp_path / "home"
    home.mkdir()
    done = cli.run("index", sounds, HOME=str(home), XDG_CACHE_HOME=str(home / "cache"), CI="")
    assert done.returncode == 0, done.stderr
    assert list(home.rglob("*onnxruntime*")) == []


def test_it_is_a_module_too() -> None:
    module = [sys.executable, "-m", "foundsound", "--version"]
    done = subprocess.run(module, capture_output=True, text=True, check=True)
    assert done.stdout == f"foundsound {__version__}\n"
