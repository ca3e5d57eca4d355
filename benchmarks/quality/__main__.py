"""Builds the labelled set that search is judged by: ``python -m benchmarks.quality``.

The sounds are those of the packages that are held out of the starter model's training. Grades come
from the tables beside this file, by what the files are called and nothing else; no sound is kept in
the repository. ``make quality`` builds it and judges searches by it.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import platformdirs
from blake3 import blake3
from rich.progress import track

from benchmarks.measure import err, out
from benchmarks.quality.rules import cat_id, label, queries
from foundsound.evaluation.labelled_set import JUDGEMENTS, NAMES, QUERIES
from foundsound.metadata.ucs import category_of
from training.captions import words
from training.download import sound_folder, sounds
from training.packages import packages

UNKNOWN = "GAMEVideo"  # sounds of games whose names do not tell
MUSIC = "music track"
MOST_MUSIC = 20  # of 130 tracks, which are 90 % of the audio's length; the others are left out
Row = Sequence[str | int]


def main() -> None:
    """Download what is missing, write the set."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--cache-dir", type=Path, default=platformdirs.user_cache_path("foundsound")
    )
    parser.add_argument("--output", type=Path, required=True, help="folder of the set")
    options = parser.parse_args()
    files = _files(options.cache_dir)
    folder: Path = options.output
    folder.mkdir(parents=True, exist_ok=True)
    judged = list(judgements(files))
    _write(folder / JUDGEMENTS, ("query", "path", "grade"), judged)
    _write(folder / QUERIES, ("query", "kind", "half"), _query_rows())
    names = zip(files.values(), ucs_names(list(files)), strict=True)
    _write(folder / NAMES, ("path", "ucs"), ((str(path), name) for path, name in names))
    out.print(f"{len(files):,} files, {len(queries())} queries, {len(judged):,} grades: {folder}")


def judgements(files: dict[str, Path]) -> Iterable[Row]:
    """Query, path and grade, from files by their ``package/path``; every query has one."""
    labels = {name: label(name) for name in files}
    for asked in queries():
        for name, path in files.items():
            text = labels[name]
            grade = asked.grade(text) if text else 0
            if grade:
                yield asked.query, str(path), grade


def ucs_names(files: Sequence[str]) -> list[str]:
    """A path of each file as a library has it that follows UCS: CatID, name, maker, source.

    The name is the label with a number, the source the package.
    """
    taken: Counter[str] = Counter()
    return [_ucs_name(PurePosixPath(name), taken) for name in files]


def half(query: str) -> str:
    """Which half of the queries it belongs to: constants are tuned on one, judged on the other."""
    return ("tune", "test")[blake3(query.encode()).digest()[0] % 2]


def _ucs_name(path: PurePosixPath, taken: Counter[str]) -> str:
    text = label(str(path))
    category = category_of((text and cat_id(text)) or UNKNOWN)
    assert category is not None, text
    name = (text or words(path.stem) or "sound").replace(",", "").capitalize()
    taken[name] += 1
    source = path.parts[0].replace("-", "").upper()
    stem = f"{category.cat_id}_{name} {taken[name]:02}_DEBN_{source}"
    return f"{category.category}/{category.subcategory}/{stem}{path.suffix.lower()}"


def _files(cache_dir: Path) -> dict[str, Path]:
    """Every sound of the held-out packages by its ``package/path``."""
    held_out = [package for package in packages() if package.held_out]
    found = {}
    for package in track(held_out, "Downloading", console=err, transient=True):
        folder = sound_folder(package, cache_dir)
        for path in sounds(folder):
            found[f"{package.name}/{path.relative_to(folder)}"] = path.absolute()
    return without_most_music(found)


def without_most_music(files: dict[str, Path]) -> dict[str, Path]:
    """All files but the music, of which ``MOST_MUSIC`` stay: the same ones everywhere."""
    music = sorted(
        (name for name in files if label(name) == MUSIC),
        key=lambda name: blake3(name.encode()).digest(),
    )
    dropped = set(music[MOST_MUSIC:])
    return {name: path for name, path in files.items() if name not in dropped}


def _query_rows() -> Iterable[Row]:
    return ((asked.query, asked.kind, half(asked.query)) for asked in queries())


def _write(path: Path, heading: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(heading)
        lines.writerows(rows)


if __name__ == "__main__":
    main()
