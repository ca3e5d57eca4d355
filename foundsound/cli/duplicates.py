"""``foundsound duplicates``: what is there more than once."""

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import counted, duration, err, out
from foundsound.cli.model import ByWorkersOption
from foundsound.cli.settings import command_settings
from foundsound.errors import NotFound

if TYPE_CHECKING:
    from foundsound.cli.remote import RemoteLibrary
    from foundsound.duplicates.report import DuplicateGroup, DuplicatePage, DuplicateSound, Kind
    from foundsound.indexing import IndexProgress
    from foundsound.library import Library

PAGE = 500


def duplicates(
    near: Annotated[
        bool,
        typer.Option(
            "--near",
            help="Sounds that only coding, sample rate, level or silence at the ends tell apart.",
        ),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Groups to list.")] = 50,
    by_workers: ByWorkersOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List duplicates, those first that take up most for nothing. Nothing is ever deleted."""
    settings = command_settings()
    from foundsound.cli.access import open_or_connect
    from foundsound.library import library_exists

    if not library_exists(settings):
        raise NotFound("The library is empty; index a folder with: foundsound index ~/Sounds")
    kind: Kind = "near" if near else "exact"
    with open_or_connect(settings) as library:
        if near:
            progress = _compare(library, by_workers)
            if progress.state == "stopped":
                err.print("Stopped; the same command goes on from there. Found so far:")
        page = _list(library, kind, limit)
    if as_json:
        print(page.model_dump_json())
    else:
        _show(page)


def _compare(library: "Library | RemoteLibrary", by_workers: bool) -> "IndexProgress":
    from foundsound.cli.follow import ByWorkers, follow_run
    from foundsound.cli.progress import show_progress
    from foundsound.duplicates.compare import compare_sounds
    from foundsound.indexing import IndexProgress
    from foundsound.library import Library

    with show_progress() as listener:
        if not isinstance(library, Library):
            return follow_run(library, library.start_comparison(), listener)
        if by_workers:
            workers = ByWorkers(library)
            return follow_run(workers, workers.runs.start_comparison(), listener)
        progress = IndexProgress()
        try:
            compare_sounds(library, progress, listener, threading.Event())
        except KeyboardInterrupt:
            progress.state = "stopped"
    return progress


def _list(library: "Library | RemoteLibrary", kind: "Kind", limit: int) -> "DuplicatePage":
    """The first ``limit`` groups, fetched in pages."""
    page = _page(library, kind, min(limit, PAGE), None)
    while page.cursor is not None and len(page.groups) < limit:
        more = _page(library, kind, min(limit - len(page.groups), PAGE), page.cursor)
        page = more.model_copy(update={"groups": [*page.groups, *more.groups]})
    return page


def _page(
    library: "Library | RemoteLibrary", kind: "Kind", limit: int, cursor: str | None
) -> "DuplicatePage":
    from foundsound.duplicates.report import report_duplicates
    from foundsound.library import Library

    if not isinstance(library, Library):
        return library.duplicates(kind, limit, cursor)
    with library.catalog.read() as session:
        return report_duplicates(session, library.space_id, kind, limit, cursor)


def _show(page: "DuplicatePage") -> None:
    from rich.text import Text

    for group in page.groups:
        out.print(Text(_heading(group), "bold"), soft_wrap=True)
        for sound in group.sounds:
            for path in sound.paths:
                shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in path)
                out.print(Text(f"  {_format(sound):<32} {shown}"), soft_wrap=True)
    what = "group" if page.kind == "near" else "sound"
    if not page.total:
        err.print("There are no duplicates." if page.kind == "exact" else "None were found.")
    else:
        more = f", {page.total - len(page.groups):,} not listed" if page.cursor else ""
        err.print(f"[dim]{counted(page.total, what)} with duplicates{more}[/]")


def _heading(group: "DuplicateGroup") -> str:
    files = sum(len(sound.paths) for sound in group.sounds)
    spare = f"{group.spare_bytes / 1e6:,.1f} MB to spare"
    if group.spare_bytes < 1e6:
        spare = f"{group.spare_bytes / 1e3:,.0f} kB to spare"
    if group.agreement is None:
        return f"{counted(files, 'file')} with the same content, {spare}"
    return f"{counted(files, 'file')} that sound alike ({group.agreement:.0%}), {spare}"


def _format(sound: "DuplicateSound") -> str:
    parts = [f"{sound.format} {sound.codec}"]
    parts += [f"{sound.sample_rate} Hz"] if sound.sample_rate else []
    parts += [f"{sound.channels} ch"] if sound.channels else []
    parts += [duration(sound.duration_s)] if sound.duration_s is not None else []
    return ", ".join(parts)
