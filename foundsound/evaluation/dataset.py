"""What a model is judged by: queries, and the files that answer each."""

import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from foundsound.errors import InvalidRequest

FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
NAMED = 3  # missing files that a refusal names; the rest is counted
EXACT = 3  # the grade of a sound that is what was asked for
RIGHT = 2  # one that fits; 1 is better than nothing, and no right answer


@dataclass(frozen=True)
class Dataset:
    """Queries with their files, in the order in which they were first named.

    Args:
        kind: "csv", "esc50" or "labelled".
        answers: right ones; of a labelled set those of grade :data:`RIGHT` and above.
        grades: of each query's files, 1 to 3; a query that is not in here has answers of grade 3.
        groups: what is known of a query beside its words, by the name of a column.
        further: files that answer nothing and are ranked among the others.
        ucs_names: paths by which files may be called instead, in the style of UCS.
    """

    kind: str
    source: Path
    answers: dict[str, list[Path]]
    grades: Mapping[str, Mapping[Path, int]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    further: tuple[Path, ...] = ()
    ucs_names: Mapping[Path, str] = field(default_factory=dict)

    def graded(self, query: str) -> Mapping[Path, int]:
        """The grade of each of a query's files."""
        return self.grades.get(query) or dict.fromkeys(self.answers[query], EXACT)


def read_dataset(source: Path) -> Dataset:
    """Read a CSV of ``query,path[,path…]``, a labelled set, or a folder in ESC-50's layout.

    Raises:
        InvalidRequest: it is none of them, is malformed, is empty, or names files that do not
            exist.
    """
    from foundsound.evaluation.csv_dataset import read_csv
    from foundsound.evaluation.esc50 import read_esc50
    from foundsound.evaluation.labelled_set import is_labelled_set, read_labelled_set

    if not source.exists():
        raise InvalidRequest(f"There is no file or folder '{source}'.")
    if is_labelled_set(source):
        return read_labelled_set(source)
    kind, answers = ("esc50", read_esc50(source)) if source.is_dir() else ("csv", read_csv(source))
    check_present(path for paths in answers.values() for path in paths)
    return Dataset(kind, source, answers)


def text_of(path: Path) -> str:
    """The content of a UTF-8 file, with or without a byte order mark.

    Raises:
        InvalidRequest: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidRequest(f"'{path}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidRequest(f"'{path}' is not UTF-8 (line {line}); save it as UTF-8.") from error


def on_disk(path: Path) -> Path:
    """The path under which a file lies: editors and disks spell accents in two ways (NFC, NFD)."""
    spellings = (path, *(Path(unicodedata.normalize(form, str(path))) for form in FORMS))
    return next((spelling for spelling in spellings if os.path.lexists(spelling)), path)


def check_present(paths: Iterable[Path]) -> None:
    """Refuse files that do not exist; one that exists but is broken is left out later.

    Raises:
        InvalidRequest: names the first few, and says how many there are.
    """
    missing = list(dict.fromkeys(str(path) for path in paths if not os.path.lexists(path)))
    if missing:
        named = ", ".join(missing[:NAMED])
        rest = f" and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
        verb = "file does" if len(missing) == 1 else "files do"
        raise InvalidRequest(f"{len(missing):,} {verb} not exist: {named}{rest}.")
