"""Reads a labelled set: a folder with graded judgements, kinds of queries, and names of files.

- ``judgements.csv``: ``query,path,grade``, a line a judgement. Grade 3 is what was asked for, 2
  fits, 1 is better than nothing; what has no line does not fit.
- ``queries.csv``, if there: ``query`` and further columns, such as ``kind``; figures are given for
  each of their values too.
- ``names.csv``, if there: ``path,ucs``, every file that is to be ranked, and a path that it could
  have in a library that follows UCS; that one may be empty.

Paths are absolute or relative to the folder; files are UTF-8.
"""

import csv
from pathlib import Path

from foundsound.errors import InvalidRequest
from foundsound.evaluation.dataset import EXACT, RIGHT, Dataset, check_present, on_disk, text_of

JUDGEMENTS, QUERIES, NAMES = "judgements.csv", "queries.csv", "names.csv"


def is_labelled_set(source: Path) -> bool:
    """True for a folder that holds judgements."""
    return (source / JUDGEMENTS).is_file()


def read_labelled_set(folder: Path) -> Dataset:
    """The judgements, groups and names of a folder.

    Raises:
        InvalidRequest: malformed, without a query that has a right answer, or files are missing.
    """
    grades: dict[str, dict[Path, int]] = {}
    source = folder / JUDGEMENTS
    for line, row in _rows(source, ("query", "path", "grade")):
        query, path = " ".join(row["query"].split()), row["path"].strip()
        if not query or not path or row["grade"].strip() not in {"1", "2", "3"}:
            raise InvalidRequest(
                f"'{source}', line {line}: a query, a path and a grade of 1, 2 or 3 are needed."
            )
        grades.setdefault(query, {})[on_disk(folder / path)] = int(row["grade"])
    answers = {
        query: [path for path, grade in of_one.items() if grade >= RIGHT]
        for query, of_one in grades.items()
    }
    answers = {query: paths for query, paths in answers.items() if paths}
    if not answers:
        raise InvalidRequest(f"'{source}' holds no query with a file of grade {RIGHT} or {EXACT}.")
    names = _names(folder)
    check_present([*names, *(path for of_one in grades.values() for path in of_one)])
    return Dataset(
        "labelled",
        folder,
        answers,
        grades={query: grades[query] for query in answers},
        groups=_groups(folder),
        further=tuple(names),
        ucs_names={path: name for path, name in names.items() if name},
    )


def _groups(folder: Path) -> dict[str, dict[str, str]]:
    if not (folder / QUERIES).is_file():
        return {}
    return {
        " ".join(row.pop("query").split()): row for _, row in _rows(folder / QUERIES, ("query",))
    }


def _names(folder: Path) -> dict[Path, str]:
    if not (folder / NAMES).is_file():
        return {}
    rows = _rows(folder / NAMES, ("path", "ucs"))
    return {on_disk(folder / row["path"].strip()): row["ucs"].strip() for _, row in rows}


def _rows(source: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """The number and the cells of each line below the heading, which must name ``columns``."""
    reader = csv.DictReader(text_of(source).splitlines(keepends=True), strict=True, restval="")
    try:
        absent = [name for name in columns if name not in (reader.fieldnames or ())]
        if absent:
            raise InvalidRequest(f"'{source}' has no column '{absent[0]}'.")
        rows = []
        for row in reader:
            if None in row:
                raise InvalidRequest(
                    f"'{source}', line {reader.line_num}: there are more cells than columns; "
                    "a cell with a comma in it needs quotes."
                )
            rows.append((reader.line_num, row))
    except csv.Error as error:
        raise InvalidRequest(f"'{source}', line {reader.line_num}: {error}.") from error
    return rows
