"""``foundsound listen``: files and pipes, events as lines and to a webhook, what it refuses."""

import json
import subprocess
from pathlib import Path

import numpy as np

from tests.alerts.receiver import is_signed, receiving
from tests.process import COMMAND, TIMEOUT_S, Cli
from tests.signals import noise, tone, write

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_file_with_a_webhook_and_snippets(cli: Cli, tmp_path: Path) -> None:
    cli.variables["FOUNDSOUND_WEBHOOK_ALLOW"] = "127.0.0.0/8"
    example = write(tmp_path / "tone.wav", tone(3.0))
    silence = np.zeros((44_100 * 6, 1), np.float32)
    heard = write(tmp_path / "heard.wav", np.concatenate([silence, tone(5.0), silence]))
    kept = tmp_path / "kept"
    kept.mkdir()
    with receiving() as receiver:
        done = cli.run(
            *("listen", heard, "--like", example, "--keep", kept, "--json"),
            *("--webhook", receiver.url, "--secret", SECRET),
        )
        assert done.returncode == 0, done.stderr
        start, end = map(json.loads, done.stdout.splitlines())
        assert (start["type"], end["type"]) == ("event.start", "event.end")
        assert (start["label"], round(start["start_s"])) == ("tone.wav", 6)
        assert 9 <= end["end_s"] <= 13
        assert Path(end["snippet"]).parent == kept
        assert Path(end["snippet"]).stat().st_size > 44_100
        assert [each["type"] for each in receiver.messages()] == ["event.start", "event.end"]
        assert all(is_signed(SECRET, headers, body) for headers, body in receiver.received)


def test_a_pipe_without_a_header(cli: Cli, tmp_path: Path) -> None:
    example = write(tmp_path / "tone.wav", tone(3.0))
    samples = np.concatenate([0.001 * noise(4.0), tone(5.0)])
    raw = (samples * 32767).astype("<i2").tobytes()
    command = [*COMMAND, "listen", "-", "--raw", "44100", "--like", str(example)]
    done = subprocess.run(
        command, env=cli.environment, input=raw, capture_output=True, timeout=TIMEOUT_S
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [line[2] for line in lines] == ["tone.wav", "tone.wav"]
    assert [line[3].split()[0] for line in lines] == ["begins", "ended"]


def test_what_cannot_be_heard(cli: Cli, tmp_path: Path) -> None:
    words = tmp_path / "words.wav"
    words.write_text("no audio")
    for arguments, sentence in (
        ([tmp_path / "none.wav", "--for", "rain"], "There is no file"),
        ([words, "--for", "rain"], "cannot be heard"),
        ([words], "Say what to listen for"),
        ([words, "--for", "rain", "--sound", "x"], "There is no library"),
        ([words, "--for", "rain", "--raw", "x"], "--raw takes a rate"),
        ([words, "--for", "rain", "--webhook", "ftp://x"], "A webhook is an http"),
        ([words, "--for", "rain", "--keep", tmp_path / "none"], "There is no folder"),
    ):
        done = cli.run("listen", *arguments)
        assert (done.returncode, done.stdout) == (2, ""), (arguments, done.stderr)
        assert sentence in done.stderr
