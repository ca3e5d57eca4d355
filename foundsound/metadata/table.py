"""Tables that librarians export: delimiter and encoding found out, rows read one by one.

Tabs, commas, semicolons or bars; UTF-8, UTF-16 with or without a mark, else Windows-1252.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from foundsound.errors import InvalidRequest

DELIMITERS = "\t,;|"
HEAD = 2**16  # bytes of which the encoding without a mark is told
MOST_COLUMNS = 1000
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class MetadataTable:
    """A table with a header line.

    Raises:
        InvalidRequest: it cannot be read, or has no header of at least two columns.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._encoding = _encoding(path)
            with self._text() as text:
                first = next((line for line in text if line.strip()), "")
        except OSError as error:
            raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
        self.delimiter = max(DELIMITERS, key=lambda each: len(_split(first, each)))
        self.header = [name.strip() for name in _split(first, self.delimiter)]
        if not 2 <= len(self.header) <= MOST_COLUMNS:
            raise InvalidRequest(
                f"{path.name} has no header line of named columns, separated by tabs, commas, "
                "semicolons or bars."
            )

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and cells of every row behind the header that is not empty.

        Raises:
            InvalidRequest: the table is damaged.
        """
        with self._text() as text:
            reader = csv.reader(text, delimiter=self.delimiter)
            try:
                started = False
                for row in reader:
                    if any(cell.strip() for cell in row):
                        if started:
                            yield reader.line_num, row
                        started = True
            except (csv.Error, UnicodeError) as error:
                raise InvalidRequest(
                    f"{self._path.name} is damaged behind line {reader.line_num}: {error}."
                ) from error

    @contextmanager
    def _text(self) -> Iterator[TextIO]:
        # newline="": a cell may hold line breaks. Replacement: a single bad byte costs a letter.
        with open(self._path, encoding=self._encoding, errors="replace", newline="") as file:
            yield file


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _encoding(path: Path) -> str:
    with open(path, "rb") as file:
        head = file.read(HEAD)
        for mark, name in _MARKS.items():
            if head.startswith(mark):
                return name
        for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if len(zeros) > 8 and zeros.count(0) > 0.7 * len(zeros):
                return name
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while chunk := file.read(2**20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"
