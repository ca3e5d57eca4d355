"""``foundsound enrolled``: sounds that are named by examples."""

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from foundsound.cli.console import err, out, plain
from foundsound.cli.settings import command_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foundsound.hearing.enrolled import EnrolledReport

app = typer.Typer(
    help="Name sounds by examples: labels for classify, and search --like.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="What to call it, as in 'our elevator'.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    name: Name,
    examples: Annotated[
        list[str],
        typer.Argument(metavar="FILE|FOLDER|ID…", help="1 to 20 files, or hits' sound_ids."),
    ],
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Of one example: from here on.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Of one example: to here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Enrol a sound by examples, or give one that is enrolled more of them."""
    from foundsound.cli.classify_run import heard_in
    from foundsound.cli.hearing_access import hearing
    from foundsound.cli.query_options import seconds
    from foundsound.hearing.clips import Clip
    from foundsound.hearing.stretches import Heard, Upload

    clips: list[Clip] = []
    heard: list[Heard] = []
    for each, own in heard_in(examples, (seconds(start), seconds(end))):
        if isinstance(each, Upload):
            each = each.model_copy(update={"clip": len(clips)})
        heard.append(each)
        clips += own
    with hearing(command_settings()) as access:
        found = access.enrol(name, heard, clips, add=True)
    _print([found], as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the enrolled sounds, and how well each is known."""
    from foundsound.cli.hearing_access import hearing

    with hearing(command_settings()) as access:
        found = access.enrolled()
    _print(found, as_json)


@app.command()
def remove(name: Name) -> None:
    """Forget an enrolled sound with its examples."""
    from foundsound.cli.hearing_access import hearing

    with hearing(command_settings()) as access:
        access.remove_enrolled(name)


def _print(found: "Sequence[EnrolledReport]", as_json: bool) -> None:
    if as_json:
        print(json.dumps([each.model_dump(mode="json") for each in found]))
        return
    if not found:
        err.print("There are no enrolled sounds yet: foundsound enrolled add NAME FILE")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("name", "examples", "threshold", "false accepts", "misses"):
        table.add_column(column, justify="left" if column == "name" else "right")
    for each in found:
        used = f"{each.examples_used} of " if each.examples_used < len(each.examples) else ""
        table.add_row(
            plain(each.name),
            f"{used}{len(each.examples)}",
            "" if each.threshold is None else f"{each.threshold:.3f}",
            _share(each.false_accept),
            _share(each.false_reject),
        )
    out.print(table)
    if any(each.false_reject is None for each in found):
        note = "Misses are unknown with one example; add others to learn how alike they are."
        out.print(f"[dim]{note}[/]", soft_wrap=True)


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.1%}"
