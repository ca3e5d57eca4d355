"""``foundsound failed``: files that could not be used, why, and another try for them."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import counted, err, out, plain
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from foundsound.catalog.scope import Scope
    from foundsound.failed_report import FailedFileReport, FailedReport
    from foundsound.library import Library
    from foundsound.settings import Settings

PAGE = 1000  # files read at once


def failed(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Only what lies at or below these places.")
    ] = None,
    again: Annotated[bool, typer.Option("--retry", help="Try these files again now.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="With --retry: every file that could not be used.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a file and line.")
    ] = False,
) -> None:
    """List the files that could not be used, and why; --retry tries them again."""
    settings = command_settings()
    from foundsound.library import library_exists

    if not library_exists(settings):
        err.print("The library is empty. Index a folder: [bold]foundsound index ~/Sounds[/]")
        return
    if everything and (paths or not again):
        raise InvalidRequest("--all goes with --retry, and without paths.")
    if not again:
        _list(settings, paths, as_json)
    elif not paths and not everything:
        raise InvalidRequest("Name the files or folders to try again, or say --all.")
    else:
        _retry(settings, paths)


def _list(settings: "Settings", paths: list[Path] | None, as_json: bool) -> None:
    from foundsound.catalog.database import Catalog
    from foundsound.failed_report import report_failed

    catalog = Catalog.of(settings)
    try:
        with catalog.read() as session:
            scopes = _scopes(session, settings, paths)
            page = report_failed(session, PAGE, None, scopes)
            if not page.files and not as_json:
                err.print("Every file could be used.")
            while True:
                for file in page.files:
                    _print(file, as_json)
                if page.before is None:
                    break
                page = report_failed(session, PAGE, page.before, scopes)
    finally:
        catalog.close()
    if page.files and not as_json:
        _explain(page)


def _print(file: "FailedFileReport", as_json: bool) -> None:
    if as_json:
        print(file.model_dump_json())
        return
    tried = f"tried {counted(file.attempts, 'time')}, " if file.attempts else ""
    out.print(plain(file.path), soft_wrap=True, markup=False)
    out.print(f"  {file.reason}", soft_wrap=True, markup=False)
    out.print(f"  {tried}{_what_next(file.next_attempt)}", soft_wrap=True, style="dim")


def _what_next(at: datetime | None) -> str:
    if at is None:
        return "in quarantine"
    wait_s = (at - datetime.now(UTC)).total_seconds()
    if wait_s < 1:
        return "next in the queue"
    return f"again in {wait_s:.0f} s" if wait_s < 120 else f"again in {wait_s / 60:.0f} min"


def _explain(report: "FailedReport") -> None:
    err.print(
        f"[dim]{report.quarantined:,} in quarantine until they change or you say --retry; "
        f"{report.waiting:,} tried again by themselves while foundsound serves, and by the next "
        "index run.[/]",
        soft_wrap=True,
    )


def _retry(settings: "Settings", paths: list[Path] | None) -> None:
    from foundsound.cli.access import open_or_connect
    from foundsound.library import Library

    with open_or_connect(settings) as library:
        if isinstance(library, Library):
            _retry_here(library, paths)
        else:
            count = library.retry_failed(paths)
            err.print(f"{library.owner.url} tries {counted(count, 'file')} again.")


def _retry_here(library: "Library", paths: list[Path] | None) -> None:
    from foundsound.catalog.mended import notice_mended
    from foundsound.catalog.models import Root
    from foundsound.catalog.quarantine import retry
    from foundsound.catalog.queue import database_now
    from foundsound.catalog.scope import Scope
    from foundsound.cli.progress import quiet_decoders, show_progress, show_summary
    from foundsound.indexing import IndexProgress
    from ingest.run import work_off

    with library.catalog.read() as session:
        scopes = _scopes(session, library.settings, paths)
        if scopes is None:
            scopes = [Scope(root.id) for root in session.query(Root)]
    count = notice_mended(library.catalog, scopes)
    with library.catalog.write() as session:
        count += retry(session, database_now(session), scopes)
    if not count:
        err.print("There is nothing to try again.")
        return
    progress = IndexProgress(resumed=count)
    with quiet_decoders(), show_progress() as listener:
        try:
            work_off(library, scopes, progress, listener, threading.Event())
        except KeyboardInterrupt:
            progress.state = "stopped"
    show_summary(progress)
    if progress.state == "stopped":
        raise typer.Exit(130)


def _scopes(
    session: "Session", settings: "Settings", paths: list[Path] | None
) -> "list[Scope] | None":
    from foundsound.catalog.paths import absolute
    from foundsound.catalog.scope import scopes_of
    from foundsound.path_map import PathMap

    if not paths:
        return None
    places = PathMap(settings.path_map)
    scopes = []
    for path in paths:
        found = scopes_of(session, places.catalogued(absolute(path)))
        if not found:
            raise InvalidRequest(f"The library has no files at {path}.")
        scopes += found
    return scopes
