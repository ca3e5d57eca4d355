"""What is taken for a word, and what for an option."""

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from foundsound.cli.dashed_words import DashedWords

app = typer.Typer()


@app.command(cls=DashedWords)
def search(
    words: Annotated[list[str] | None, typer.Argument()] = None,
    sort: str = "relevance",
    limit: Annotated[int, typer.Option("--limit", "-n")] = 10,
    weak: Annotated[bool, typer.Option("--weak")] = False,
) -> None:
    print(words, sort, limit, weak)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rain", "-thunder"], "['rain', '-thunder'] relevance 10 False"),
        (["-thunder"], "['-thunder'] relevance 10 False"),
        (["-thunder", "--weak", "rain"], "['-thunder', 'rain'] relevance 10 True"),
        (["-north wind", "-n", "5"], "['-north wind'] relevance 5 False"),
        (["-n5", "--sort", "-name", "rain"], "['rain'] -name 5 False"),
        (["--sort=-name", "-fmt:mp3", '-"loop"'], "['-fmt:mp3', '-\"loop\"'] -name 10 False"),
        (["雨", "-雷"], "['雨', '-雷'] relevance 10 False"),
        (["rain", "--", "--weak"], "['rain', '--weak'] relevance 10 False"),
        (["--weak"], "None relevance 10 True"),
    ],
)
def test_words_and_options(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.stdout.strip()) == (0, said)


@pytest.mark.parametrize(
    "arguments", [["rain", "-l", "5"], ["--weik", "rain"], ["-n"], ["-n", "x"]]
)
def test_mistyped_options_are_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2
