"""Building the library: which files are due, what their bytes are, and writing only what changed.

CREDITS.txt at the library's root names every author and ends with the SHA-256 of each file. The
same lines tell the next run what is already right, so that it has nothing to compute or fetch.
descriptions.csv says what its sounds are, for `foundsound eval`.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path

import soundfile

from demo import recordings
from demo.catalogue import RECIPES, Recipe
from demo.synth.signals import RATE

CREDITS = Path(__file__).with_name("CREDITS.md")
DESCRIPTIONS = Path(__file__).with_name("descriptions.csv")
_MANIFEST = re.compile(r"^([0-9a-f]{64})  (.+)$", re.MULTILINE)
_MADE_BY = "Made by recipes "
_FORMATS = {
    ".wav": ("WAV", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}


@dataclass
class Report:
    """What a run did, and what is missing and why."""

    total: int = 0
    written: int = 0
    missing: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def build(dest: Path, cache: Path, say: Callable[[str], None]) -> Report:
    """Bring DEST up to date; `say` gets one line for each source."""
    dest.mkdir(parents=True, exist_ok=True)
    listing = dest / "CREDITS.txt"
    known = _known(listing)
    right = {path: mark for path, mark in known.items() if _mark(dest / path) == mark}
    report = Report()
    done: dict[str, str] = {}

    def keep(path: str, content: bytes) -> None:
        done[path] = hashlib.sha256(content).hexdigest()
        report.written += _write(dest / path, content)

    for recipe in RECIPES:
        if recipe.path in right:
            done[recipe.path] = right[recipe.path]
        else:
            keep(recipe.path, _encoded(recipe))
    say(f"synthesised: {len(RECIPES)} sounds")

    for group in recordings.by_wheel(recordings.table()).values():
        name = f"{group[0].package} {group[0].version}"
        due = [recording for recording in group if recording.path not in right]
        done.update({r.path: right[r.path] for r in group if r.path in right})
        try:
            for path, content in (recordings.read(due, cache) if due else {}).items():
                keep(path, content)
        except recordings.Unavailable as reason:
            report.missing += [recording.path for recording in due]
            report.reasons.append(f"{name}: {reason}")
            say(f"{name}: {len(due)} recordings left out")
        else:
            say(f"{name}: {len(group)} recordings")

    lines = "".join(f"{mark}  {path}\n" for path, mark in sorted(done.items()))
    text = f"{CREDITS.read_text(encoding='utf-8')}\n{_MADE_BY}{_recipes_mark()}:\n\n{lines}"
    _write(listing, text.encode())
    _write(dest / DESCRIPTIONS.name, descriptions_csv(done))
    report.total = len(done)
    return report


def descriptions() -> dict[str, list[str]]:
    """What a person might type for each sound or group of sounds, and their paths."""
    with DESCRIPTIONS.open(newline="", encoding="utf-8") as file:
        return {query: paths for query, *paths in list(csv.reader(file))[1:]}


def descriptions_csv(present: Container[str]) -> bytes:
    """The table of descriptions without the sounds that are missing."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["query", "path"])
    for query, paths in descriptions().items():
        kept = [path for path in paths if path in present]
        if kept:
            lines.writerow([query, *kept])
    return text.getvalue().encode()


def _encoded(recipe: Recipe) -> bytes:
    container, coding = _FORMATS[Path(recipe.path).suffix]
    buffer = io.BytesIO()
    soundfile.write(buffer, recipe.sound(), RATE, format=container, subtype=coding)
    return buffer.getvalue()


def _known(listing: Path) -> dict[str, str]:
    """The manifest of the last run, if the same recipes made it."""
    text = listing.read_text(encoding="utf-8") if listing.is_file() else ""
    if f"{_MADE_BY}{_recipes_mark()}" not in text:
        return {}
    return {path: mark for mark, path in _MANIFEST.findall(text)}


def _recipes_mark() -> str:
    """Changes whenever the code or the table of recordings does."""
    mark = hashlib.sha256()
    here = Path(__file__).parent
    for source in sorted([*here.rglob("*.py"), recordings.TABLE]):
        mark.update(source.read_bytes())
    return mark.hexdigest()[:12]


def _mark(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _write(path: Path, content: bytes) -> bool:
    """Write unless the file already holds just that; says whether it wrote."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
    return True
