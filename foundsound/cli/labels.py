"""``foundsound labels``: label sets by name."""

import json
from typing import Annotated

import typer

from foundsound.cli.console import counted, err, out, plain
from foundsound.cli.settings import command_settings

app = typer.Typer(help="Keep label sets, for classify --set NAME.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The set's name, in any case.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the label sets with what they hold."""
    from foundsound.cli.hearing_access import hearing

    with hearing(command_settings()) as access:
        found = access.label_sets()
    if as_json:
        print(json.dumps([each.model_dump(mode="json") for each in found]))
        return
    if not found:
        err.print('There are no label sets yet: foundsound labels save NAME "LABEL, LABEL"')
    for each in found:
        labels = ", ".join("|".join([label.name, *label.synonyms]) for label in each.labels)
        out.print(f"{plain(each.name)}: {plain(labels)}", soft_wrap=True, markup=False)


@app.command()
def save(
    name: Name,
    labels: Annotated[
        str, typer.Argument(metavar='"A, B, C"', help="A bar adds a synonym: 'dog barking|woof'.")
    ],
    template: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Words around each label: 'the sound of {}'."),
    ] = None,
) -> None:
    """Save labels under a name; a set of that name holds these from now on."""
    from foundsound.cli.hearing_access import hearing
    from foundsound.cli.label_lists import labels_of
    from foundsound.hearing.label_sets import LabelSet

    wanted = LabelSet(labels=labels_of(labels), templates=template or [])
    with hearing(command_settings()) as access:
        saved = access.save_label_set(name, wanted)
    err.print(f"{counted(len(saved.labels), 'label')} in {plain(saved.name)}.", markup=False)


@app.command()
def remove(name: Name) -> None:
    """Forget a set."""
    from foundsound.cli.hearing_access import hearing

    with hearing(command_settings()) as access:
        access.delete_label_set(name)
