"""Chosen sounds as a table, JSON lines, a playlist or plain paths, line by line.

Playlists and paths are for programs that open the files: they have a path's own bytes, UTF-8 or
not, and leave out what holds a line break, because half a path names another file or none.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from foundsound.catalog.marks import Mark, marks_of
from foundsound.catalog.metadata import metadata_of_sounds
from foundsound.client_paths import ClientPaths
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.sound_summary import MOST_SOUNDS, SoundSummary, summarise_files
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
LEFT_OUT = "Foundsound-Left-Out"  # the header that tells of :attr:`Listing.left_out`
ESCAPED = "surrogateescape"
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else


@dataclass(frozen=True)
class ListedSound:
    """A sound, and what is said of it."""

    summary: SoundSummary
    raw_path: bytes
    metadata: SoundMetadata
    note: str | None

    def opened_by(self, paths: ClientPaths) -> str:
        """Its path for a program; bytes that are not UTF-8 are surrogates."""
        return paths.of(self.raw_path.decode("utf-8", ESCAPED))

    @property
    def has_line_break(self) -> bool:
        """True when its path does not fit on one line."""
        return b"\n" in self.raw_path or b"\r" in self.raw_path

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
        name = sound.path.rpartition("/")[2]
        yield f"#EXTINF:{round(sound.duration_s)},{name}\n{each.opened_by(paths)}\n"


def as_paths(sounds: Iterable[ListedSound], paths: ClientPaths) -> Iterator[str]:
    """A path a line."""
    for sound in sounds:
        yield sound.opened_by(paths) + "\n"


ListFormat = Literal["csv", "jsonl", "m3u", "paths"]
_WRITERS: dict[ListFormat, Callable[[Iterable[ListedSound], ClientPaths], Iterator[str]]] = {
    "csv": as_csv,
    "jsonl": as_jsonl,
    "m3u": as_m3u,
    "paths": as_paths,
}


_OF_LINES: tuple[ListFormat, ...] = ("m3u", "paths")


class Listing:
    """The sounds that have a file at hand, in their order, a line at a time.

    ``left_out`` are those whose path does not fit on a line, known once all lines are read.
    """

    def __init__(
        self, session: Session, sound_ids: Sequence[str], form: ListFormat, paths: ClientPaths
    ) -> None:
        self._session = session
        self._sound_ids = sound_ids
        self._form = form
        self._paths = paths
        self.left_out = 0

    def __iter__(self) -> Iterator[bytes]:
        """The lines, in UTF-8 but for the bytes of a path that is not."""
        for line in _WRITERS[self._form](self._sounds(), self._paths):
            yield line.encode("utf-8", ESCAPED)

    def _sounds(self) -> Iterator[ListedSound]:
        self.left_out = 0
        for start in range(0, len(self._sound_ids), MOST_SOUNDS):
            for sound in _sounds(self._session, self._sound_ids[start : start + MOST_SOUNDS]):
                if self._form in _OF_LINES and sound.has_line_break:
                    self.left_out += 1
                else:
                    yield sound


def _sounds(session: Session, sound_ids: Sequence[str]) -> Iterator[ListedSound]:
    metadata, marks = metadata_of_sounds(session, sound_ids), marks_of(session, sound_ids)
    for summary, raw_path in summarise_files(session, sound_ids):
        id_ = summary.sound_id
        said = metadata.get(id_, SoundMetadata())
        yield ListedSound(summary, raw_path, said, marks.get(id_, Mark()).note)
