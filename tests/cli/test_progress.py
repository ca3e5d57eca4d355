"""What a person reads at the end of an index run."""

from pathlib import Path

from tests.process import Cli
from tests.signals import tone, write


def test_files_that_were_moved_are_told(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number in range(2):
        write(folder / "old" / f"{number}.wav", tone(0.5, 300.0 + 100 * number))
    assert "2 sounds indexed" in cli.run("index", folder).stderr
    (folder / "old").rename(folder / "new")
    told = " ".join(cli.run("index", folder).stderr.split())
    assert "0 sounds indexed" in told
    assert "2 files moved" in told
    assert "No audio files" not in told
