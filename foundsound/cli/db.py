"""``foundsound db``: the schema of the catalogue, for those who upgrade a studio by hand."""

import json
from typing import Annotated

import typer

from foundsound.cli.console import err, out
from foundsound.cli.settings import command_settings

app = typer.Typer(no_args_is_help=True, help="Look at the catalogue's schema, and upgrade it.")


@app.command("current")
def current(
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell which schema the catalogue has, and the newest there is; nothing is changed."""
    settings = command_settings()
    from foundsound.catalog.database import HEAD, catalog_name, catalog_revision

    place = (settings.data_dir, settings.database_url)
    found = catalog_revision(*place)
    if json_:
        print(json.dumps({"schema": found, "newest": HEAD}))
        return
    out.print(f"catalogue {catalog_name(*place)}", soft_wrap=True, markup=False)
    out.print(f"schema    {found or 'none yet'}")
    out.print(f"newest    {HEAD}")
    if found is not None and found > HEAD:
        err.print("A newer foundsound wrote this catalogue; upgrade foundsound.")
    elif found != HEAD:
        err.print("Bring it up to date: [bold]foundsound db upgrade[/]")


@app.command("upgrade")
def upgrade() -> None:
    """Bring the catalogue's schema up to date, or make it.

    Every process does so when it starts, one at a time; here it can be done before any of them.
    """
    settings = command_settings()
    from foundsound.catalog.database import HEAD, Catalog, catalog_revision
    from foundsound.opening import make_folder

    make_folder(settings.data_dir)
    before = catalog_revision(settings.data_dir, settings.database_url)
    Catalog.of(settings).close()
    if before == HEAD:
        out.print(f"The catalogue has schema {HEAD} already, the newest.")
    elif before is None:
        out.print(f"The catalogue was made, with schema {HEAD}.")
    else:
        out.print(f"The catalogue was upgraded from schema {before} to {HEAD}.")
