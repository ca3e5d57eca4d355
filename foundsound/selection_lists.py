"""Chosen sounds as a table, a playlist or plain paths, line by line."""

from collections.abc import Iterable, Iterator

from foundsound.client_paths import ClientPaths
from foundsound.sound_summary import SoundSummary
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


def as_csv(sounds: Iterable[SoundSummary], paths: ClientPaths) -> Iterator[str]:
    """A table with a header (RFC 4180); several tags are joined by ``; ``."""
    yield BOM + csv_line(COLUMNS)
    for sound in sounds:
        values = sound.model_dump(mode="json")
        values |= {"path": paths.of(sound.path), "tags": "; ".join(sound.tags)}
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


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
