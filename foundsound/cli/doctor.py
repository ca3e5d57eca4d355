"""``foundsound doctor``: what is missing or misconfigured, in words."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from importlib import metadata

import typer
from rich.markup import escape

from foundsound.cli.console import counted, out
from foundsound.cli.settings import command_settings
from foundsound.errors import FoundsoundError
from foundsound.settings import Settings

EDGE_VERSION = "0.9.0"
LOW_DISK = 2 * 2**30
Finding = tuple[bool, str]


def doctor() -> None:
    """Check the installation and the library; exit code 1 when something needs attention."""
    settings = command_settings()
    healthy = True
    for check in (_folder, _disk, _store, _catalogue, _model, _library):
        for good, sentence in _findings(check, settings):
            healthy &= good
            mark = "[green]ok[/]  " if good else "[red]bad[/] "
            out.print(f"{mark} {escape(sentence)}", soft_wrap=True)
    if not healthy:
        raise typer.Exit(1)


def _findings(
    check: Callable[[Settings], Iterator[Finding]], settings: Settings
) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except FoundsoundError as error:
        yield False, str(error)


def _folder(settings: Settings) -> Iterator[Finding]:
    for name, folder in (("data", settings.data_dir), ("cache", settings.cache_dir)):
        existing = folder
        while not existing.exists():
            existing = existing.parent
        if os.access(existing, os.W_OK):
            yield True, f"The {name} directory is {folder}."
        else:
            variable = f"FOUNDSOUND_{name.upper()}_DIR"
            yield False, f"The {name} directory {folder} cannot be written; set {variable}."


def _disk(settings: Settings) -> Iterator[Finding]:
    existing = settings.data_dir
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    yield free > LOW_DISK, f"{free / 2**30:.1f} GiB are free for the library."


def _store(settings: Settings) -> Iterator[Finding]:
    if settings.qdrant_url is not None:
        from foundsound.opening import open_store

        open_store(settings).close()
        yield True, f"The Qdrant server at {settings.qdrant_url} keeps the vectors."
        return
    version = metadata.version("qdrant-edge-py")
    if version == EDGE_VERSION:
        yield True, f"Qdrant Edge {version} is installed."
    else:
        yield (
            False,
            (
                f"Qdrant Edge {version} is installed, but only {EDGE_VERSION} is known to work; "
                f"run: pip install qdrant-edge-py=={EDGE_VERSION}"
            ),
        )


def _catalogue(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        yield True, f"SQLite {sqlite3.sqlite_version} keeps the catalogue."
        return
    from foundsound.catalog.database import catalog_exists, catalog_name

    place = (settings.data_dir, settings.database_url)
    catalog_exists(*place)  # asks the server
    yield True, f"The database {catalog_name(*place)} keeps the catalogue."


def _model(settings: Settings) -> Iterator[Finding]:
    from foundsound.cli.model_choice import OUTDATED, chosen_model
    from foundsound.embedding.registry import create_embedder
    from foundsound.embedding.self_check import self_check

    choice = chosen_model(settings)
    self_check(create_embedder(choice.model, settings))
    good = OUTDATED not in choice.reason
    yield good, f"The model '{choice.model}' loads and tells sounds apart ({choice.reason})."


def _library(settings: Settings) -> Iterator[Finding]:
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.paths import path_text
    from foundsound.catalog.stats import catalog_stats
    from foundsound.library import library_exists
    from foundsound.ownership import current_owner, is_owned

    if not library_exists(settings):
        yield True, "The library is empty; index a folder with: foundsound index ~/Sounds"
        return
    catalog = Catalog.of(settings)
    with catalog.read() as session:
        stats = catalog_stats(session, None)
    catalog.close()
    files, folders = counted(stats.files, "file"), counted(len(stats.roots), "folder")
    yield True, f"The library has {files} in {folders}."
    for root in stats.roots:
        if not os.path.isdir(root):
            yield False, f"The folder {path_text(root)} is not there; is its drive online?"
    if is_owned(settings.data_dir):
        owner = current_owner(settings.data_dir)
        where = f"process {owner.pid} at {owner.url}" if owner else "another process"
        yield True, f"The library is in use by {where}."
