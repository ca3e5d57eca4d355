"""``foundsound suggested``: accept or reject what may be said of a sound."""

import json
from typing import Annotated

import typer

from foundsound.cli.console import out, plain
from foundsound.cli.settings import command_settings
from foundsound.cli.sound_ids import named_sounds, naming

Values = list[str] | None


def suggested(
    sound: Annotated[str, typer.Argument(metavar="FILE|ID", help="A file, or a hit's sound_id.")],
    accept: Annotated[
        Values, typer.Option("--accept", metavar="VALUE", help="Make it a tag of the sound.")
    ] = None,
    reject: Annotated[
        Values, typer.Option("--reject", metavar="VALUE", help="Do not suggest it again.")
    ] = None,
    reconsider: Annotated[
        Values, typer.Option("--reconsider", metavar="VALUE", help="Take a decision back.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the categories and tags that are suggested for a sound; accept or reject them."""
    from foundsound.cli.user_data_access import user_data
    from foundsound.suggestion_report import SuggestionEdit

    named = named_sounds([sound], None)
    edit = SuggestionEdit(accept=accept or [], reject=reject or [], reconsider=reconsider or [])
    with user_data(command_settings()) as access, naming(named):
        sound_id = named[0].sound_id
        if any((accept, reject, reconsider)):
            access.decide(sound_id, edit)
        report = access.sound(sound_id)
    if as_json:
        print(json.dumps([each.model_dump() for each in report.suggestions]))
        return
    for each in report.suggestions:
        name = each.name if each.kind == "tag" else f"{each.value}  {each.name}"
        out.print(f"{each.strength:5.1f}  {plain(name)}", soft_wrap=True, markup=False)
