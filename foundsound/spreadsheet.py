"""Rows of CSV that people open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable

Cell = str | int | float | None
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# OWASP, CSV injection; with apostrophes of its own, or reading would take one of them off.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def csv_line(cells: Iterable[Cell]) -> str:
    """A line by RFC 4180, its end included.

    A text that a spreadsheet would run as a formula gets an apostrophe in front: file names come
    from anywhere. Numbers stay numbers.
    """
    line = io.StringIO(newline="")
    csv.writer(line).writerow(map(_harmless, cells))
    return line.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _would_run(cell) else cell


def as_meant(cell: str) -> str:
    """The text of a cell that :func:`csv_line` wrote."""
    return cell[1:] if cell.startswith("'") and _would_run(cell[1:]) else cell


def _would_run(text: str) -> bool:
    return _FORMULA.match(text) is not None and not _NUMBER.fullmatch(text)
