"""Rows of CSV that people open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable

Cell = str | int | float | None
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # OWASP, CSV injection


def csv_line(cells: Iterable[Cell]) -> str:
    """A line by RFC 4180, its end included.

    A text that a spreadsheet would run as a formula gets an apostrophe in front: file names come
    from anywhere. Numbers stay numbers.
    """
    line = io.StringIO(newline="")
    csv.writer(line).writerow(map(_harmless, cells))
    return line.getvalue()


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
