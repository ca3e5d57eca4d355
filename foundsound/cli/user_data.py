"""``foundsound tag``, ``favourite`` and ``note``: what a person says of sounds."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import counted, err, out, plain
from foundsound.cli.settings import command_settings
from foundsound.cli.sound_ids import Named, named_sounds, naming
from foundsound.errors import InvalidRequest

if TYPE_CHECKING:
    from foundsound.cli.user_data_access import UserDataAccess
    from foundsound.user_data import SoundEdit

# A word that begins with a dash is a tag to remove here, and no option.
DASHES = {"ignore_unknown_options": True}
Found = Annotated[
    str | None,
    typer.Option(
        "--found", metavar="FILE|-", help="Of these sounds: a search's --json, or ids, one a line."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def tag(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|ID… +TAG -TAG…",
            help="Sounds, and tags to add or remove. Without tags: show the sounds' tags; without "
            "sounds: list all tags.",
        ),
    ] = None,
    found: Found = None,
    as_json: AsJson = False,
) -> None:
    """Tag sounds: foundsound tag rain.wav +wet -draft."""
    given = words or []
    for word in given:
        if word.startswith("--"):
            raise InvalidRequest(f"There is no option {word}.")
    add = [word[1:] for word in given if word.startswith("+")]
    remove = [word[1:] for word in given if word.startswith("-")]
    named = named_sounds([word for word in given if word[:1] not in ("+", "-")], found)
    from foundsound.cli.user_data_access import user_data
    from foundsound.user_data import SoundEdit

    with user_data(command_settings()) as access:
        if not named:
            if add or remove:
                raise InvalidRequest("Name a file or the id of a sound to tag.")
            _list_tags(access, as_json)
        elif add or remove:
            _edit(access, named, SoundEdit(add_tags=add, remove_tags=remove), as_json)
        else:
            _show(access, named, as_json)


def favourite(
    sounds: Annotated[
        list[str] | None, typer.Argument(metavar="FILE|ID…", help="Files, or hits' sound_ids.")
    ] = None,
    found: Found = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the mark off.")] = False,
    as_json: AsJson = False,
) -> None:
    """Mark sounds as favourites; search for them with tag:favourite."""
    named = _required(sounds, found)
    from foundsound.cli.user_data_access import user_data
    from foundsound.user_data import SoundEdit

    with user_data(command_settings()) as access:
        _edit(access, named, SoundEdit(favourite=not remove), as_json)


def note(
    sound: Annotated[str, typer.Argument(metavar="FILE|ID", help="A file, or a hit's sound_id.")],
    text: Annotated[
        str | None, typer.Argument(help="The note; an empty one removes it. Without: show it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a note with a sound."""
    named = named_sounds([sound], None)
    from foundsound.cli.user_data_access import user_data
    from foundsound.user_data import SoundEdit

    with user_data(command_settings()) as access:
        if text is not None:
            _edit(access, named, SoundEdit(note=text), as_json)
            return
        with naming(named):
            said = access.sound(named[0].sound_id).note
    if as_json:
        print(json.dumps({"sound_id": named[0].sound_id, "note": said}))
    elif said:
        print(said)


def _required(sounds: Sequence[str] | None, found: str | None) -> list[Named]:
    named = named_sounds(sounds or [], found)
    if not named:
        raise InvalidRequest("Name a file or the id of a sound.")
    return named


def _edit(access: "UserDataAccess", named: list[Named], edit: "SoundEdit", as_json: bool) -> None:
    with naming(named):
        access.edit([each.sound_id for each in named], edit)
    if as_json:
        print(json.dumps({"sounds": len(named)}))
    else:
        err.print(f"{counted(len(named), 'sound')} changed.")


def _show(access: "UserDataAccess", named: list[Named], as_json: bool) -> None:
    with naming(named):
        reports = [access.sound(each.sound_id) for each in named]
    if as_json:
        wanted = {"sound_id", "tags", "favourite", "note", "collections"}
        print(json.dumps([report.model_dump(mode="json", include=wanted) for report in reports]))
        return
    for each, report in zip(named, reports, strict=True):
        tags = [*report.tags, "favourite"] if report.favourite else report.tags
        out.print(f"{plain(each.said)}: {', '.join(tags)}", soft_wrap=True, markup=False)


def _list_tags(access: "UserDataAccess", as_json: bool) -> None:
    tags = access.tags()
    if as_json:
        print(json.dumps([tag.model_dump() for tag in tags]))
        return
    if not tags:
        err.print("There are no tags yet: foundsound tag FILE +TAG")
    for each in tags:
        out.print(f"{each.sounds:7,}  {each.name}", soft_wrap=True, markup=False)
