"""``foundsound keys``: who may use an API that other machines reach."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from foundsound.cli.console import err, out, plain
from foundsound.cli.settings import command_settings

if TYPE_CHECKING:
    from foundsound.catalog.database import Catalog

app = typer.Typer(no_args_is_help=True, help="Keys of the API, for other machines.")


MAP_HELP = r"Where its owner has a folder of the library: /srv/sfx=Z:\SFX; may be repeated."


class KeyScope(StrEnum):
    """What a key allows, as it is typed."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    scope: Annotated[
        KeyScope,
        typer.Option(help="read: search and listen; write: tags and collections too; admin: all."),
    ] = KeyScope.READ,
    days: Annotated[float | None, typer.Option(help="After which it expires.")] = None,
    path_map: Annotated[list[str] | None, typer.Option("--map", help=MAP_HELP)] = None,
) -> None:
    """Make a key; it is shown this once."""
    with catalog() as opened, opened.write() as session:
        from foundsound.api_keys import Scope, make_key

        new = make_key(session, name, Scope[scope.name], days, path_map or ())
    print(new.key)  # on its own, so that a script can take it
    err.print(
        f"This is key [bold]{new.id}[/]. It is shown this once; send it as "
        "'Authorization: Bearer …'."
    )


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show the keys, without their secrets."""
    with catalog() as opened, opened.read() as session:
        from foundsound.api_keys import list_keys

        rows: list[dict[str, Any]] = [
            {
                "id": key.id,
                "name": key.name,
                "scope": key.scope,
                "made_at": key.made_at.isoformat(),
                "expires_at": key.expires_at.isoformat() if key.expires_at else None,
                "used_at": key.used_at.isoformat() if key.used_at else None,
                "path_map": key.path_map or [],
            }
            for key in list_keys(session)
        ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    if not rows:
        out.print("There are no keys yet: foundsound keys add NAME")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("key", "name", "scope", "made", "last used", "expires"):
        table.add_column(column)
    table.add_column("paths", overflow="fold")
    for row in rows:
        table.add_row(
            row["id"],
            escape(plain(row["name"] or "")),
            row["scope"],
            _day(row["made_at"]),
            _day(row["used_at"]) or "never",
            _day(row["expires_at"]) or "never",
            escape(plain(", ".join(row["path_map"]))),
        )
    out.print(table)


@app.command("map")
def map_(
    key: Annotated[str, typer.Argument(help="A key's id, from the list.")],
    pairs: Annotated[
        list[str] | None, typer.Argument(help="As --map of add; none: no map.")
    ] = None,
) -> None:
    """Say where a key's owner has the library's folders; it holds within half a minute."""
    with catalog() as opened, opened.write() as session:
        from foundsound.api_keys import set_path_map

        set_path_map(session, key, pairs or ())


@app.command()
def remove(key: Annotated[str, typer.Argument(help="A key's id, from the list.")]) -> None:
    """Remove a key; it stops working within half a minute."""
    with catalog() as opened, opened.write() as session:
        from foundsound.api_keys import remove_key

        remove_key(session, key)


def _day(time: str | None) -> str:
    return time[:10] if time else ""


@contextmanager
def catalog() -> "Iterator[Catalog]":
    """The catalogue alone, which any number of processes may open."""
    settings = command_settings()
    from foundsound.catalog.database import Catalog
    from foundsound.opening import make_folder

    make_folder(settings.data_dir)
    opened = Catalog.of(settings)
    try:
        yield opened
    finally:
        opened.close()
