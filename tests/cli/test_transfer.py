"""Export, import, backup and restore as a person types them."""

from pathlib import Path

import pytest

from tests.process import Cli

FIND = ("search", "noise", "--weak")


@pytest.fixture
def elsewhere(cli: Cli, tmp_path: Path) -> Cli:
    return Cli(tmp_path / "elsewhere", cli.cache_dir)


def test_a_library_moves_by_two_commands(
    cli: Cli, elsewhere: Cli, sounds: Path, tmp_path: Path
) -> None:
    empty = cli.run("export", tmp_path / "export")
    assert (empty.returncode, "The library is empty" in empty.stderr) == (2, True)
    cli.run("index", sounds)
    done = cli.run("export", tmp_path / "export", "--verify")
    assert done.returncode == 0, done.stderr
    assert "3 sounds with 3 vectors and 3 files exported and whole." in done.stderr
    assert done.stdout == f"{tmp_path / 'export'}\n"
    again = cli.run("export", tmp_path / "export")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    kept = cli.run("backup", tmp_path / "backup.zip")
    assert kept.stderr == "3 sounds with 3 vectors and 3 files backed up.\n"
    came = elsewhere.run("import", tmp_path / "export")
    assert came.returncode == 0, came.stderr
    assert "3 sounds with 3 vectors and 3 files imported." in came.stderr
    assert elsewhere.json(*FIND)["hits"] == cli.json(*FIND)["hits"]
    twice = elsewhere.run("import", tmp_path / "export")
    assert (twice.returncode, "not empty" in twice.stderr) == (2, True)


def test_a_library_that_serves_is_backed_up(
    cli: Cli, elsewhere: Cli, sounds: Path, tmp_path: Path
) -> None:
    cli.run("index", sounds)
    file = tmp_path / "backup.zip"
    with cli.serving() as client:
        done = cli.run("backup", file, "--verify")
        assert done.returncode == 0, done.stderr
        assert "3 sounds with 3 vectors and 3 files backed up and whole." in done.stderr
        exported = cli.run("export", tmp_path / "export")
        assert exported.returncode == 0, exported.stderr
        assert client.get("/backup").status_code == 401
        busy = cli.run("restore", file)
        assert (busy.returncode, "Traceback" in busy.stderr) == (2, False)
    whole = elsewhere.run("restore", tmp_path / "export", "--verify")
    assert "3 files whole." in whole.stderr, whole.stderr
    file.write_bytes(file.read_bytes()[:-100])
    torn = elsewhere.run("restore", file)
    assert torn.returncode == 2
    assert "or only a part of one" in torn.stderr
    assert not elsewhere.data_dir.exists()
    restored = elsewhere.run("restore", tmp_path / "export")
    assert restored.returncode == 0, restored.stderr
    assert elsewhere.json(*FIND)["hits"] == cli.json(*FIND)["hits"]
