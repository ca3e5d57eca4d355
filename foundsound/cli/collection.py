"""``foundsound collection``: named, ordered choices of sounds."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import counted, duration, err, out, plain
from foundsound.cli.lists import As, Map, print_list
from foundsound.cli.settings import command_settings
from foundsound.cli.sound_ids import named_sounds, naming
from foundsound.cli.user_data import AsJson, Found

if TYPE_CHECKING:
    from foundsound.collection_report import CollectionDetails

app = typer.Typer(help="Keep sounds together, in an order of your own.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The collection's name, in any case.")]
Sounds = Annotated[
    list[str] | None, typer.Argument(metavar="FILE|ID…", help="Files, or hits' sound_ids.")
]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the collections."""
    from foundsound.cli.user_data_access import user_data

    with user_data(command_settings()) as access:
        found = access.collections()
    if as_json:
        print(json.dumps([each.model_dump(mode="json") for each in found]))
        return
    if not found:
        err.print("There are no collections yet: foundsound collection create NAME")
    for each in found:
        out.print(f"{each.sounds:7,}  {plain(each.name)}", soft_wrap=True, markup=False)


@app.command()
def show(name: Name, as_json: AsJson = False, form: As = None, maps: Map = None) -> None:
    """Show what a collection holds, in its order."""
    from foundsound.cli.user_data_access import user_data

    with user_data(command_settings()) as access:
        found = access.collection(name)
        if form is not None:
            print_list(access.library, [item.sound_id for item in found.items], form, maps)
            return
    if as_json:
        print(found.model_dump_json())
        return
    for number, item in enumerate(found.items, 1):
        length = duration(item.duration_s) if item.duration_s is not None else ""
        path = plain(item.path) if item.path else f"{item.sound_id} (no file at hand)"
        out.print(f"{number:4}  {length:>7}  {path}", soft_wrap=True, markup=False)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    sounds: Sounds = None,
    found: Found = None,
    as_json: AsJson = False,
) -> None:
    """Make a collection, of sounds if some are named."""
    named = named_sounds(sounds or [], found)
    from foundsound.cli.user_data_access import user_data

    with user_data(command_settings()) as access, naming(named):
        made = access.create(name, [each.sound_id for each in named])
    _tell(made, as_json)


@app.command()
def add(
    name: Name,
    sounds: Sounds = None,
    found: Found = None,
    at: Annotated[
        int | None, typer.Option(min=1, help="Place of the first; without: at the end.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add sounds to a collection; those that it holds already are moved."""
    named = named_sounds(sounds or [], found)
    from foundsound.cli.user_data_access import user_data

    with user_data(command_settings()) as access, naming(named):
        ids = [each.sound_id for each in named]
        _tell(access.place(name, ids, None if at is None else at - 1), as_json)


@app.command()
def remove(name: Name, sounds: Sounds = None, found: Found = None, as_json: AsJson = False) -> None:
    """Take sounds out of a collection."""
    named = named_sounds(sounds or [], found)
    from foundsound.cli.user_data_access import user_data

    with user_data(command_settings()) as access, naming(named):
        _tell(access.remove(name, [each.sound_id for each in named]), as_json)


@app.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="What to call it from now on.")],
    as_json: AsJson = False,
) -> None:
    """Give a collection another name."""
    from foundsound.cli.user_data_access import user_data

    with user_data(command_settings()) as access:
        _tell(access.rename(name, new_name), as_json)


@app.command()
def delete(name: Name) -> None:
    """Delete a collection; its sounds stay as they are."""
    from foundsound.cli.user_data_access import user_data

    with user_data(command_settings()) as access:
        access.delete(name)
    err.print(f"Deleted '{plain(name)}'.", markup=False)


def _tell(found: "CollectionDetails", as_json: bool) -> None:
    if as_json:
        print(found.model_dump_json())
    else:
        err.print(f"{plain(found.name)}: {counted(len(found.items), 'sound')}.", markup=False)
