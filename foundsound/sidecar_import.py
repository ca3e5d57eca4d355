"""Brings a librarian's table of metadata into the library; the sounds' files are never touched."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from foundsound.catalog.metadata import Imported, save_imports
from foundsound.catalog.named_files import sounds_named, unambiguous
from foundsound.catalog.words import mark_words_stale
from foundsound.library import Library
from foundsound.metadata.columns import Columns, map_columns
from foundsound.metadata.merge import filled
from foundsound.metadata.sidecar import row_id, row_metadata, row_place
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.table import MetadataTable
from foundsound.spreadsheet import as_meant
from foundsound.user_data import known_sounds

STORE_ROWS = 256  # in one write
MOST_TOLD = 1000  # rows listed in a report; all are counted


class ImportOptions(BaseModel):
    """How a table is to be read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str] = Field(
        default={},
        description="What columns hold, by name, where that does not tell: a field, or 'ignore'.",
        examples=[{"Long text": "description", "Where": "path"}],
    )
    dry_run: bool = Field(default=False, description="Only tell what would be imported.")


class UnmatchedRow(BaseModel):
    """A row that no single sound belongs to."""

    line: int
    file: str = Field(description="What the row names.")


class ImportReport(BaseModel):
    """What became of a table."""

    rows: int = 0
    matched: int = Field(
        default=0, description="Rows whose sound was found and that say something."
    )
    sounds: int = Field(default=0, description="Sounds that have metadata from this table now.")
    empty: int = Field(default=0, description="Rows that say nothing of their sound.")
    nameless: int = Field(default=0, description="Rows that name no file.")
    unmatched: int = Field(default=0, description="Rows whose file is not in the library.")
    ambiguous: int = Field(
        default=0, description="Rows whose file name several different sounds have."
    )
    unmatched_rows: list[UnmatchedRow] = []
    ambiguous_rows: list[UnmatchedRow] = []
    fields: dict[str, list[str]] = Field(
        default={}, description="For each field the columns that were taken for it."
    )
    extra: list[str] = Field(default=[], description="Columns kept under their own names.")
    ignored: list[str] = Field(default=[], description="Columns that were passed over.")
    dry_run: bool = False


def import_table(
    library: Library, path: Path, options: ImportOptions, source: str | None = None
) -> ImportReport:
    """Import a table; rows that match no sound, or several, are told and left out.

    Args:
        source: what the table is called, if not by its path.

    Raises:
        InvalidRequest: it is no table, is damaged, or its columns do not tell which files it means.
    """
    table = MetadataTable(path)
    columns = map_columns(table.header, options.columns)
    report = ImportReport(
        fields={
            field: [table.header[place] for place in places]
            for field, places in columns.fields.items()
        },
        extra=list(columns.extra.values()),
        ignored=list(columns.ignored),
        dry_run=options.dry_run,
    )
    # Twice through the table: first only the names are kept, which are few bytes a row.
    sounds = _match(library, table, columns, report)
    imported: set[str] = set()
    ready: dict[str, SoundMetadata] = {}
    name = source or path.name
    for sound_id, metadata in _told(table, columns, sounds, report):
        imported.add(sound_id)
        ready[sound_id] = metadata
        if len(ready) == STORE_ROWS:
            _store(library, ready, name, options)
    _store(library, ready, name, options)
    report.sounds = len(imported)
    if not options.dry_run:
        library.refresh_words()
    return report


def _match(
    library: Library, table: MetadataTable, columns: Columns, report: ImportReport
) -> dict[int, str]:
    """The sound of each line that has one."""
    lines: dict[int, str] = {}
    ids: dict[int, str] = {}
    for line, row in _rows(table, columns):
        report.rows += 1
        place = row_place(row, columns)
        if place is not None:
            lines[line] = place.path
        if our_id := row_id(row, columns):
            ids[line] = our_id
        elif place is None:
            report.nameless += 1
    with library.catalog.read() as session:
        named = sounds_named(session, list(dict.fromkeys(lines.values())))
        known = known_sounds(session, list(dict.fromkeys(ids.values())))
    one = unambiguous(named)
    found = {line: our_id for line, our_id in ids.items() if our_id in known}
    for line in sorted((lines.keys() | ids.keys()) - found.keys()):
        path = lines.get(line, "")
        if path in one:
            found[line] = one[path]
            continue
        told = UnmatchedRow(line=line, file=path or ids[line])
        if path in named:
            report.ambiguous += 1
            _tell(report.ambiguous_rows, told)
        else:
            report.unmatched += 1
            _tell(report.unmatched_rows, told)
    return found


def _rows(table: MetadataTable, columns: Columns) -> Iterator[tuple[int, list[str]]]:
    """Lines and cells, as they were before foundsound wrote them, if it did."""
    for line, row in table.rows():
        yield line, row if columns.our_id is None else [as_meant(cell) for cell in row]


def _told(
    table: MetadataTable, columns: Columns, sounds: dict[int, str], report: ImportReport
) -> Iterator[tuple[str, SoundMetadata]]:
    for line, row in _rows(table, columns):
        sound_id = sounds.get(line)
        if sound_id is None:
            continue
        metadata = row_metadata(row, columns)
        if not filled(metadata):
            report.empty += 1
            continue
        report.matched += 1
        yield sound_id, metadata


def _store(
    library: Library, ready: dict[str, SoundMetadata], source: str, options: ImportOptions
) -> None:
    if ready and not options.dry_run:
        with library.catalog.write() as session:
            mark_words_stale(session, ready)
            save_imports(session, {id_: Imported(said, source) for id_, said in ready.items()})
    ready.clear()


def _tell(rows: list[UnmatchedRow], row: UnmatchedRow) -> None:
    if len(rows) < MOST_TOLD:
        rows.append(row)
