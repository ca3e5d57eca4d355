"""Reads a CSV of ``query,path[,path…]``: one's own queries and the sounds that should be found."""

import csv
from pathlib import Path

from foundsound.errors import InvalidRequest
from foundsound.evaluation.dataset import on_disk, text_of

HEADER_WORDS = frozenset({"query", "queries", "text", "caption", "description", "prompt"})


def read_csv(source: Path) -> dict[str, list[Path]]:
    """Queries and their files. Paths are absolute, or relative to the folder of the CSV.

    UTF-8 with or without a byte order mark; cells may be quoted; a line of column names is passed
    over, as are empty lines and empty cells behind the last path. Lines with the same query add up.

    Raises:
        InvalidRequest: not readable as CSV, a line without query or path, or no line at all.
    """
    answers: dict[str, dict[Path, None]] = {}
    first = True
    # Split by the reader and not by splitlines: a quoted cell may hold a line break.
    reader = csv.reader(text_of(source).splitlines(keepends=True), strict=True)
    try:
        for cells in reader:
            query = " ".join(cells[0].split()) if cells else ""
            names = (cell.strip() for cell in cells[1:])
            paths = [on_disk(source.parent / name) for name in names if name]
            if not query and not paths:
                continue
            header = first and query.casefold() in HEADER_WORDS
            first = False
            if header and not any(path.is_file() for path in paths):
                continue
            _check_line(source, reader.line_num, query, paths)
            answers.setdefault(query, {}).update(dict.fromkeys(paths))
    except csv.Error as error:
        raise InvalidRequest(f"'{source}', line {reader.line_num}: {error}.") from error
    if not answers:
        raise InvalidRequest(
            f"'{source}' holds no queries; each line is a query and its files: query,path[,path…]"
        )
    return {query: list(paths) for query, paths in answers.items()}


def _check_line(source: Path, line: int, query: str, paths: list[Path]) -> None:
    if not query:
        raise InvalidRequest(f"'{source}', line {line}: there are files but no query.")
    if not paths:
        raise InvalidRequest(
            f"'{source}', line {line}: the query '{query}' has no file; a line is "
            "query,path[,path…], with commas between."
        )
