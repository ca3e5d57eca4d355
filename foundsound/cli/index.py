"""``foundsound index``: bring folders of sounds into the library."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from foundsound.cli.console import err
from foundsound.cli.settings import command_settings

if TYPE_CHECKING:
    from foundsound.cli.remote import RemoteLibrary
    from foundsound.indexing import IndexProgress, ProgressListener
    from foundsound.library import Library


def index(
    paths: Annotated[list[Path], typer.Argument(help="Folders or audio files.")],
    model: Annotated[str | None, typer.Option(help="Embedding model.")] = None,
) -> None:
    """Index folders; only new and changed files cost time. Ctrl-C keeps what is done."""
    settings = command_settings(model=model)
    from foundsound.cli.access import open_or_connect
    from foundsound.cli.progress import quiet_decoders, show_progress, show_summary
    from foundsound.library import Library

    with open_or_connect(settings) as library, quiet_decoders(), show_progress() as listener:
        if isinstance(library, Library):
            progress = _index_here(library, paths, listener)
        else:
            progress = _index_there(library, paths, listener)
    show_summary(progress)
    if progress.state == "stopped":
        raise typer.Exit(130)


def _index_here(
    library: "Library", paths: list[Path], listener: "ProgressListener"
) -> "IndexProgress":
    from foundsound.alerts.service import catch_up
    from foundsound.cli.api_beside import api_beside
    from foundsound.cli.model_choice import tell_choice
    from foundsound.indexing import IndexProgress
    from ingest.run import index_paths

    progress = IndexProgress()
    tell_choice(library)
    _tell_of_a_new_model(library)
    with api_beside(library):
        try:
            index_paths(library, paths, progress, listener, threading.Event())
            catch_up(library)
        except KeyboardInterrupt:
            progress.state = "stopped"
    return progress


def _tell_of_a_new_model(library: "Library") -> None:
    from foundsound.catalog.spaces import active_space

    with library.catalog.read() as session:
        active = active_space(session)
    if active is not None and active.id != library.space_id:
        used, now = escape(active.model), escape(library.embedder.name)
        if used == now:
            used += " as it was in an earlier version"
        err.print(
            f"[yellow]The library uses {used}; this run embeds with {now}.[/] To change "
            f"over with all that is indexed: [bold]foundsound model use {now}[/]",
            soft_wrap=True,
        )


def _index_there(
    library: "RemoteLibrary", paths: list[Path], listener: "ProgressListener"
) -> "IndexProgress":
    from foundsound.cli.follow import follow_run

    err.print(f"[dim]The foundsound process at {library.owner.url} does the work.[/]")
    return follow_run(library, library.start_index(paths), listener)
