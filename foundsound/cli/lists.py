"""Found or collected sounds as a table, JSON lines, a playlist or paths, on stdout."""

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import counted, err

if TYPE_CHECKING:
    from foundsound.cli.remote import RemoteLibrary
    from foundsound.library import Library


class ListForm(StrEnum):
    """The forms of a list, as they are typed."""

    CSV = "csv"
    JSONL = "jsonl"
    M3U = "m3u"
    PATHS = "paths"


As = Annotated[
    ListForm | None,
    typer.Option("--as", help="Print a table, JSON lines, a playlist, or a path a line."),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="THERE=HERE",
        help="With --as: where a folder of the library lies for whoever reads it.",
    ),
]


def print_list(
    library: "Library | RemoteLibrary",
    sound_ids: Sequence[str],
    form: ListForm,
    maps: Sequence[str] | None,
) -> None:
    """Print the sounds in their order; those that have no file at hand are left out."""
    from foundsound.client_paths import ClientPaths
    from foundsound.library import Library
    from foundsound.selection_lists import Listing

    paths = ClientPaths(maps or ())
    if isinstance(library, Library):
        with library.catalog.read() as session:
            listing = Listing(session, sound_ids, form.value, paths)
            _write(listing)
        left_out = listing.left_out
    else:
        with library.listed(sound_ids, form.value, maps or ()) as (lines, left_out):
            _write(lines)
    if left_out:
        told = f"{counted(left_out, 'file')} left out, with a line break in the name or a folder's"
        err.print(f"{told}; use [bold]--as csv[/].", soft_wrap=True)


def _write(lines: Iterable[bytes]) -> None:
    for line in lines:
        sys.stdout.buffer.write(line.replace(b"\r\n", b"\n"))
