"""``foundsound import-metadata``: what a librarian's table says of the sounds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from foundsound.cli.console import counted, err, out
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from foundsound.sidecar_import import ImportReport, UnmatchedRow

SHOWN = 20  # rows listed; the rest is counted


def import_metadata(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The table.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="What a column holds, where its name does not tell; 'ignore' passes it over.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be imported.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Import metadata that Soundminer, BaseHead, Soundly or a spreadsheet exported as text."""
    settings = command_settings()
    from foundsound.cli.access import open_or_connect
    from foundsound.library import Library, library_exists
    from foundsound.sidecar_import import ImportOptions, import_table

    if not library_exists(settings):
        raise NotFound("The library is empty; index a folder with: foundsound index ~/Sounds")
    path = file.expanduser()
    options = ImportOptions(columns=_mapping(columns or []), dry_run=dry_run)
    with open_or_connect(settings) as library:
        if isinstance(library, Library):
            report = import_table(library, path, options)
        else:
            report = library.import_metadata(path, options)
    if as_json:
        print(report.model_dump_json())
    else:
        _show(report)


def _mapping(columns: list[str]) -> dict[str, str]:
    mapping = {}
    for each in columns:
        column, equals, field = each.rpartition("=")
        if not equals or not column.strip():
            raise InvalidRequest(f"--map {each}: write COLUMN=FIELD, such as 'Notes=description'.")
        mapping[column.strip()] = field.strip()
    return mapping


def _show(report: "ImportReport") -> None:
    for field, names in sorted(report.fields.items()):
        out.print(f"{field:<12} from {', '.join(names)}", soft_wrap=True, markup=False)
    if report.extra:
        out.print(f"kept as is   {', '.join(report.extra)}", soft_wrap=True, markup=False)
    if report.ignored:
        out.print(f"passed over  {', '.join(report.ignored)}", soft_wrap=True, markup=False)
    _show_rows(report.unmatched_rows, report.unmatched, "not in the library")
    _show_rows(report.ambiguous_rows, report.ambiguous, "named like several different sounds")
    parts = [f"{counted(report.matched, 'row')} of {report.rows:,} matched"]
    for count, what in (
        (report.unmatched, "not in the library"),
        (report.ambiguous, "ambiguous"),
        (report.nameless, "without a file"),
        (report.empty, "that say nothing"),
    ):
        if count:
            parts.append(f"{count:,} {what}")
    verb = "would have" if report.dry_run else "has" if report.sounds == 1 else "have"
    err.print(f"{', '.join(parts)}; {counted(report.sounds, 'sound')} {verb} metadata from it.")


def _show_rows(rows: "list[UnmatchedRow]", count: int, what: str) -> None:
    if not count:
        return
    err.print(f"[yellow]{counted(count, 'row')} {what}:[/]")
    for row in rows[:SHOWN]:
        err.print(f"  line {row.line}: {escape(row.file)}", soft_wrap=True)
    if count > SHOWN:
        err.print("  … and more: [bold]--json[/] lists them.")
