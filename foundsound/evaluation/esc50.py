"""Reads a folder in the layout of ESC-50 (Piczak 2015): ``audio/`` and ``meta/esc50.csv``."""

import csv
from pathlib import Path

from foundsound.errors import InvalidRequest
from foundsound.evaluation.dataset import on_disk, text_of

COLUMNS = ("filename", "category")  # of ESC-50's seven, those that say what sounds where


def read_esc50(folder: Path) -> dict[str, list[Path]]:
    """Classes and their clips; a class is written as words: ``door_wood_knock``, door wood knock.

    All folds are taken together: nothing is trained here, so that there is nothing to hold out.

    Raises:
        InvalidRequest: not in this layout, or without clips.
    """
    meta = folder / "meta" / "esc50.csv"
    if not meta.is_file() or not (folder / "audio").is_dir():
        raise InvalidRequest(
            f"The folder '{folder}' is not laid out like ESC-50, with audio/ and meta/esc50.csv; "
            "for sounds of your own give a CSV of query,path lines."
        )
    answers: dict[str, list[Path]] = {}
    reader = csv.DictReader(text_of(meta).splitlines(keepends=True), strict=True)
    try:
        absent = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if absent:
            raise InvalidRequest(f"'{meta}' has no column '{absent[0]}'.")
        for row in reader:
            name, category = (" ".join((row[column] or "").split()) for column in COLUMNS)
            if not name or not category:
                raise InvalidRequest(
                    f"'{meta}', line {reader.line_num}: a file name and a category are needed."
                )
            label = " ".join(category.replace("_", " ").split())
            answers.setdefault(label, []).append(on_disk(folder / "audio" / name))
    except csv.Error as error:
        raise InvalidRequest(f"'{meta}', line {reader.line_num}: {error}.") from error
    if not answers:
        raise InvalidRequest(f"'{meta}' lists no clips.")
    return answers
