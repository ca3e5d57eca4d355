"""Chosen sounds as a table, JSON lines, a playlist or plain paths, line by line."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from foundsound.catalog.marks import Mark, marks_of
from foundsound.catalog.metadata import metadata_of_sounds
from foundsound.client_paths import ClientPaths
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.sound_summary import MOST_SOUNDS, SoundSummary, summarise_sounds
from foundsound.spreadsheet import csv_line

COLUMNS = (
    "path",
    "duration_s",
    "sample_rate",
    "channels",
    "format",
    "category",
    "tags",
    "favourite",
    "sound_id",
    "title",
    "description",
    "keywords",
    "note",
)
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else


@dataclass(frozen=True)
class ListedSound:
    """A sound, and what is said of it."""

    summary: SoundSummary
    metadata: SoundMetadata
    note: str | None

    def values(self, paths: ClientPaths) -> dict[str, Any]:
        """All of it by name."""
        return self.summary.model_dump() | {
            "path": paths.of(self.summary.path),
            "title": self.metadata.title,
            "description": self.metadata.description,
            "keywords": list(self.metadata.keywords),
            "note": self.note,
        }


def as_jsonl(sounds: Iterable[ListedSound], paths: ClientPaths) -> Iterator[str]:
    """A JSON object a line."""
    for sound in sounds:
        yield json.dumps(sound.values(paths), ensure_ascii=False) + "\n"


def as_csv(sounds: Iterable[ListedSound], paths: ClientPaths) -> Iterator[str]:
    """A table with a header (RFC 4180); several tags or keywords are joined by ``; ``."""
    yield BOM + csv_line(COLUMNS)
    for sound in sounds:
        values = sound.values(paths)
        for name in ("tags", "keywords"):
            values[name] = "; ".join(values[name])
        yield csv_line("" if values[name] is None else str(values[name]) for name in COLUMNS)


def as_m3u(sounds: Iterable[ListedSound], paths: ClientPaths) -> Iterator[str]:
    """An extended M3U playlist, durations in whole seconds."""
    yield "#EXTM3U\n"
    for each in sounds:
        sound = each.summary
        path = _one_line(paths.of(sound.path))
        name = _one_line(sound.path.rpartition("/")[2])
        yield f"#EXTINF:{round(sound.duration_s)},{name}\n{path}\n"


def as_paths(sounds: Iterable[ListedSound], paths: ClientPaths) -> Iterator[str]:
    """A path a line."""
    for sound in sounds:
        yield _one_line(paths.of(sound.summary.path)) + "\n"


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


ListFormat = Literal["csv", "jsonl", "m3u", "paths"]
_WRITERS: dict[ListFormat, Callable[[Iterable[ListedSound], ClientPaths], Iterator[str]]] = {
    "csv": as_csv,
    "jsonl": as_jsonl,
    "m3u": as_m3u,
    "paths": as_paths,
}


def listed(
    session: Session, sound_ids: Sequence[str], form: ListFormat, paths: ClientPaths
) -> Iterator[str]:
    """The sounds that have a file at hand, in their order, a line at a time."""
    batches = range(0, len(sound_ids), MOST_SOUNDS)
    sounds = (
        sound
        for start in batches
        for sound in _sounds(session, sound_ids[start : start + MOST_SOUNDS])
    )
    return _WRITERS[form](sounds, paths)


def _sounds(session: Session, sound_ids: Sequence[str]) -> Iterator[ListedSound]:
    metadata, marks = metadata_of_sounds(session, sound_ids), marks_of(session, sound_ids)
    for summary in summarise_sounds(session, sound_ids):
        id_ = summary.sound_id
        said = metadata.get(id_, SoundMetadata())
        yield ListedSound(summary, said, marks.get(id_, Mark()).note)
