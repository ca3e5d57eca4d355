"""CSV that is opened in a spreadsheet: nothing in it runs."""

import csv

from foundsound.spreadsheet import csv_line


def test_what_a_spreadsheet_would_run_is_text() -> None:
    cells = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
    assert next(csv.reader([csv_line(cells)])) == [f"'{cell}" for cell in cells]


def test_everything_else_stays_as_it_is() -> None:
    cells = ["rain.wav", "-0.1234", "+5", "a=b", "", 'say "hi", then\nleave', "'quoted", "風.wav"]
    line = csv_line([*cells, -1.5, 7, None])
    assert line.endswith("\r\n")
    read = next(csv.reader(line.splitlines(keepends=True)))
    assert read == [*cells, "-1.5", "7", ""]
