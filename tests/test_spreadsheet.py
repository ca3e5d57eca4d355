"""CSV that is opened in a spreadsheet: nothing in it runs."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from foundsound.spreadsheet import as_meant, csv_line


def test_what_a_spreadsheet_would_run_is_text() -> None:
    cells = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
    assert next(csv.reader([csv_line(cells)])) == [f"'{cell}" for cell in cells]


def test_everything_else_stays_as_it_is() -> None:
    cells = ["rain.wav", "-0.1234", "+5", "a=b", "", 'say "hi", then\nleave', "'quoted", "風.wav"]
    line = csv_line([*cells, -1.5, 7, None])
    assert line.endswith("\r\n")
    read = next(csv.reader(line.splitlines(keepends=True)))
    assert read == [*cells, "-1.5", "7", ""]


@given(st.text(alphabet="'=+-@\t5. a", max_size=6))
def test_what_was_written_is_read_as_it_was(cell: str) -> None:
    row = next(csv.reader([csv_line([cell, "x"])]))
    assert as_meant(row[0]) == cell
    assert row[0][:1] not in "=@\t" or not row[0]
