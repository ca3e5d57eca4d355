"""``foundsound duplicates``: alone, and through a process that serves."""

from pathlib import Path

import pytest

from tests.analysis.heard import demo_sound
from tests.process import Cli
from tests.signals import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound, the same file again, and the same as an MP3."""
    made = tmp_path / "in"
    sound = demo_sound("Footsteps/gravel_path_walk.wav")
    original = write(made / "walk.wav", sound)
    (made / "walk [copy].wav").write_bytes(original.read_bytes())
    write(made / "walk.mp3", sound, format="MP3", subtype="MPEG_LAYER_III")
    write(made / "other.wav", demo_sound("Weapons/pistol_three_shots.wav"))
    return made


def test_they_are_listed_and_never_deleted(cli: Cli, folder: Path) -> None:
    assert "library is empty" in cli.run("duplicates").stderr
    cli.run("index", folder)
    exact = cli.run("duplicates")
    assert exact.returncode == 0, exact.stderr
    assert "2 files with the same content, 616 kB to spare" in exact.stdout
    assert str(folder / "walk [copy].wav") in exact.stdout
    assert "mp3" not in exact.stdout
    assert "1 sound with duplicates" in exact.stderr
    near = cli.run("duplicates", "--near")
    assert near.returncode == 0, near.stderr
    heading, *files = near.stdout.splitlines()
    assert heading.startswith("3 files that sound alike (")
    assert "walk.mp3" in files[-1]  # lossless files come first
    assert "other.wav" not in near.stdout
    assert len(list(folder.iterdir())) == 4


def test_a_serving_process_compares_and_lists(cli: Cli, folder: Path) -> None:
    cli.run("index", folder)
    with cli.serving() as client:
        page = client.get("/duplicates", params={"kind": "near"}).json()
        assert (page["groups"], page["uncompared"]) == ([], 3)
        assert client.post("/duplicates").status_code == 401
        found = cli.json("duplicates", "--near")
        assert found == client.get("/duplicates", params={"kind": "near"}).json()
        (group,) = found["groups"]
        assert [sound["format"] for sound in group["sounds"]] == ["WAV", "MP3"]
        assert len(group["sounds"][0]["paths"]) == 2
        assert cli.json("duplicates") == client.get("/duplicates").json()
        bad = client.get("/duplicates", params={"cursor": "x"})
        assert (bad.status_code, bad.json()["detail"]) == (
            422,
            "The cursor is not one that an earlier page gave.",
        )
