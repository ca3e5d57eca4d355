"""Chosen sounds as a table, JSON lines, a playlist or plain paths, line by line."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy.orm import Session

from foundsound.client_paths import ClientPaths
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
)
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else


def as_jsonl(sounds: Iterable[SoundSummary], paths: ClientPaths) -> Iterator[str]:
    """A JSON object a line."""
    for sound in sounds:
        yield json.dumps(_values(sound, paths), ensure_ascii=False) + "\n"


def as_csv(sounds: Iterable[SoundSummary], paths: ClientPaths) -> Iterator[str]:
    """A table with a header (RFC 4180); several tags are joined by ``; ``."""
    yield BOM + csv_line(COLUMNS)
    for sound in sounds:
        values = _values(sound, paths) | {"tags": "; ".join(sound.tags)}
        yield csv_line("" if values[name] is None else str(values[name]) for name in COLUMNS)


def as_m3u(sounds: Iterable[SoundSummary], paths: ClientPaths) -> Iterator[str]:
    """An extended M3U playlist, durations in whole seconds."""
    yield "#EXTM3U\n"
    for sound in sounds:
        path = _one_line(paths.of(sound.path))
        name = _one_line(sound.path.rpartition("/")[2])
        yield f"#EXTINF:{round(sound.duration_s)},{name}\n{path}\n"


def as_paths(sounds: Iterable[SoundSummary], paths: ClientPaths) -> Iterator[str]:
    """A path a line."""
    for sound in sounds:
        yield _one_line(paths.of(sound.path)) + "\n"


def _values(sound: SoundSummary, paths: ClientPaths) -> dict[str, Any]:
    return sound.model_dump() | {"path": paths.of(sound.path)}


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


ListFormat = Literal["csv", "jsonl", "m3u", "paths"]
_WRITERS: dict[ListFormat, Callable[[Iterable[SoundSummary], ClientPaths], Iterator[str]]] = {
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
        for sound in summarise_sounds(session, sound_ids[start : start + MOST_SOUNDS])
    )
    return _WRITERS[form](sounds, paths)
