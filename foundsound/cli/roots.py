"""``foundsound roots``: the folders that are watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from foundsound.cli.console import counted, err, out, plain
from foundsound.cli.settings import command_settings

if TYPE_CHECKING:
    from foundsound.catalog.database import Catalog
    from foundsound.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Folders that foundsound watches.")

Root = Annotated[str, typer.Argument(help="Path, name or number of a root.")]
Name = Annotated[str | None, typer.Option(help="What to call it.")]
Mode = Annotated[
    str | None,
    typer.Option(help="How changes are found: auto, native (the system tells) or polling."),
]
Interval = Annotated[
    float | None, typer.Option(help="Seconds between two scans; 0: what the settings say.")
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(help="Pattern as in a .gitignore file; may be repeated."),
]
Marker = Annotated[
    str | None,
    typer.Option(help="A path in it that is there while the drive is; empty: none."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    path: Annotated[Path, typer.Argument(help="A folder.")],
    name: Name = None,
    mode: Mode = None,
    interval: Interval = None,
    ignore: Ignore = None,
    marker: Marker = None,
) -> None:
    """Watch a folder: what is new or changed in it is indexed while foundsound serves."""
    settings = command_settings()
    from foundsound.catalog.paths import absolute
    from foundsound.cli.root_options import change_of
    from foundsound.root_report import add_root

    wanted = change_of(name=name, mode=mode, interval_s=interval, ignore=ignore, marker=marker)
    with _catalog(settings) as catalog:
        with catalog.write(alone=True) as session:
            root_id = add_root(session, absolute(path), wanted).id
        _show(catalog, [root_id])
    _tell_if_nobody_watches(settings)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show the roots, their state and what waits in them."""
    settings = command_settings()
    from foundsound.library import library_exists

    if not library_exists(settings):
        out.print("[]" if as_json else "There are no roots yet: foundsound roots add FOLDER")
        return
    with _catalog(settings) as catalog:
        _show(catalog, None, as_json)


@app.command()
def change(
    root: Root,
    name: Name = None,
    mode: Mode = None,
    interval: Interval = None,
    ignore: Ignore = None,
    no_ignore: Annotated[
        bool, typer.Option("--no-ignore", help="Drop the root's own patterns first.")
    ] = False,
    marker: Marker = None,
) -> None:
    """Change how a root is watched; --ignore adds to its patterns."""
    from foundsound.cli.root_options import change_of

    wanted = change_of(name=name, mode=mode, interval_s=interval, marker=marker)
    with _catalog(command_settings()) as catalog, catalog.write() as session:
        from foundsound.root_report import change_root, find_root

        found = find_root(session, root)
        if ignore or no_ignore:
            kept = [] if no_ignore else found.ignored.splitlines()
            new = [line for line in ignore or [] if line not in kept]
            wanted = wanted.model_copy(update={"ignore": kept + new})
        change_root(session, found, wanted)


@app.command()
def pause(root: Root) -> None:
    """Leave a root alone for a while: nothing is looked for, and waiting files keep waiting."""
    _set(root, paused=True)


@app.command()
def resume(root: Root) -> None:
    """Go on with a paused root; it is looked at as a whole."""
    _set(root, paused=False)


@app.command()
def accept(root: Root) -> None:
    """Say that what vanished was deleted, however much it is; the next scan takes it out."""
    _set(root, accept_loss=True)
    err.print("The next scan takes out what is gone.")


@app.command()
def remove(
    root: Root,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Forget a root with its sounds; the files stay, and so do tags and favourites.

    A root inside another one becomes a part of that.
    """
    settings = command_settings()
    from foundsound.catalog.paths import path_text
    from foundsound.catalog.roots import outer_root, remove_root
    from foundsound.root_report import find_root, report_roots

    with _catalog(settings) as catalog:
        with catalog.read() as session:
            found = find_root(session, root)
            (report,) = report_roots(session, [found.id])
            outer = outer_root(session, found.path) if found.offline_since is None else None
            into = path_text(outer.path) if outer else None
        question = f"Forget {plain(report.path)} with {counted(report.files, 'file')}?"
        if into is not None:
            question = f"Make {plain(report.path)} a part of {plain(into)} without its settings?"
        if not yes and not typer.confirm(question, err=True):
            raise typer.Exit(1)
        remove_root(catalog, report.id)
    if into is not None:
        err.print(f"{escape(plain(report.path))} is a part of {escape(plain(into))} now.")
        return
    _forget_sounds(settings)
    err.print(f"{escape(plain(report.path))} is forgotten; its files are untouched.")


@contextmanager
def _catalog(settings: "Settings") -> Iterator["Catalog"]:
    from foundsound.catalog.database import Catalog
    from foundsound.opening import make_folder

    make_folder(settings.data_dir)
    catalog = Catalog.of(settings)
    try:
        yield catalog
    finally:
        catalog.close()


def _set(named: str, **wanted: object) -> None:
    from foundsound.cli.root_options import change_of
    from foundsound.root_report import change_root, find_root

    with _catalog(command_settings()) as catalog, catalog.write() as session:
        change_root(session, find_root(session, named), change_of(**wanted))


def _show(catalog: "Catalog", root_ids: list[int] | None, as_json: bool = False) -> None:
    from foundsound.cli.root_table import root_table, roots_json
    from foundsound.root_report import report_roots

    with catalog.read() as session:
        reports = report_roots(session, root_ids)
    if as_json:
        print(roots_json(reports))
    elif not reports:
        out.print("There are no roots yet: foundsound roots add FOLDER")
    else:
        out.print(root_table(reports))


def _tell_if_nobody_watches(settings: "Settings") -> None:
    from foundsound.ownership import is_owned

    if settings.database_url is None and not is_owned(settings.data_dir):
        err.print("Nobody watches it yet: [bold]foundsound serve[/] does, and answers searches.")


def _forget_sounds(settings: "Settings") -> None:
    """Have their vectors deleted now, unless a process that works on the library does it."""
    from foundsound.errors import LibraryBusy
    from foundsound.library import Library
    from ingest.purge import purge

    try:
        with Library(settings) as library:
            purge(library)
    except LibraryBusy:
        return
