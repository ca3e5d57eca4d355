"""``foundsound search``: describe a sound, or show one like it."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import duration, err, out
from foundsound.cli.settings import command_settings
from foundsound.errors import AudioError, FileUnavailable, InvalidRequest, OutOfBounds

if TYPE_CHECKING:
    from foundsound.cli.remote import RemoteLibrary
    from foundsound.search.results import SearchResult
    from foundsound.search.searcher import Searcher

EMPTY = "The library is empty. Index a folder first: [bold]foundsound index ~/Sounds[/]"


def search(
    text: Annotated[str | None, typer.Argument(help="What the sound is like, in words.")] = None,
    like: Annotated[
        Path | None, typer.Option("--like", metavar="FILE", help="Find sounds like this file.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Most hits to show.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    model: Annotated[str | None, typer.Option(help="Embedding model.")] = None,
) -> None:
    """Find sounds by a description, or with --like by an example."""
    if (text is None) == (like is None):
        raise InvalidRequest("Give either a description or --like FILE.")
    settings = command_settings(model=model)
    from foundsound.library import Library, library_exists

    if not library_exists(settings):
        _show_empty(as_json, settings.model)
        return
    from foundsound.cli.access import open_or_connect
    from foundsound.search.searcher import Searcher

    with open_or_connect(settings) as library:
        source = Searcher(library) if isinstance(library, Library) else library
        if like is not None:
            result = _by_clip(source, like, limit)
        else:
            result = source.by_text(text or "", limit)
    if as_json:
        print(result.model_dump_json())
    elif not result.hits:
        err.print(
            "Nothing can be found yet; [bold]foundsound status[/] says what the library holds."
        )
    else:
        _show(result)


def _by_clip(source: "Searcher | RemoteLibrary", like: Path, limit: int) -> "SearchResult":
    try:
        return source.by_clip(os.fsencode(like.expanduser()), limit)
    except (AudioError, FileUnavailable, OutOfBounds) as error:
        raise InvalidRequest(f"{like}: {error}") from error


def _show_empty(as_json: bool, model: str) -> None:
    if as_json:
        print(json.dumps({"hits": [], "model": model, "took_ms": 0.0}))
    err.print(EMPTY)


def _show(result: "SearchResult") -> None:
    if not out.is_terminal:  # a pipe gets whole paths, one hit a line
        for hit in result.hits:
            print(f"{hit.score:.3f}\t{hit.start_s:.2f}\t{_printable(hit.path)}")
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("score", justify="right")
    table.add_column("at", justify="right")
    table.add_column("length", justify="right")
    table.add_column("file", overflow="fold")
    folder = os.path.commonpath([os.path.dirname(hit.path) for hit in result.hits])
    for hit in result.hits:
        name = os.path.relpath(hit.path, folder)
        # A hit in a long recording is worth its second; a short sound starts at its start.
        part = hit.end_s - hit.start_s < hit.duration_s - 0.1
        at = duration(hit.start_s) if part else ""
        table.add_row(f"{hit.score:.2f}", at, duration(hit.duration_s), escape(_printable(name)))
    out.print(table)
    err.print(f"[dim]in {escape(_printable(folder))}, {result.took_ms:.0f} ms[/]", soft_wrap=True)


def _printable(path: str) -> str:
    """A path on one line: control characters would move the cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in path)
