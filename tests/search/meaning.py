"""A library by which meaning is judged: the demo's sounds, and the same ones from far away.

Where names are hashed, words find nothing, and only what is heard does.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from foundsound.search.results import Hit, SearchResult

FAR = (
    *("dogs_barking_two", "cat_meow_01", "rooster_morning", "sheep_bleat", "pistol_three_shots"),
    *("knock_on_wooden_door", "hammer_and_nail", "spoken_phrase_studio", "tawny_owl_night"),
)
# Nobody asks for these here; without them the library is there a quarter sooner.
LEFT_OUT = (
    *("singing_bowl", "campfire", "WINDGust", "ringback", "wind_chimes", "sonar", "heartbeat"),
    *("fax_modem", "clock_ticking", "vacuum", "tap_dripping", "wooden_floor", "music_box"),
    *("lorry", "pig_", "rock_beat", "sine_sweep", "pouring", "keyboard", "dishes", "frogs"),
    *("wind_blizzard", "applause", "rain_on_tin_roof", "school_bell", "sleigh", "coins", "robot"),
    *("game_over", "morse", "match_strike", "steam_valve", "cordless", "glasses", "xylophone"),
)
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Meaning:
    """The library, asked by the sounds' real names."""

    ask: Callable[..., SearchResult]
    ids: dict[str, str]  # sound ids by file name; "far dogs_…" is the distant version

    def id(self, start: str) -> str:
        """The id of the one sound whose name starts so."""
        (found,) = (id_ for name, id_ in self.ids.items() if name.startswith(start))
        return found

    def names(self, hits: Sequence[Hit]) -> list[str]:
        """The real names of what was found."""
        names = {id_: name for name, id_ in self.ids.items()}
        return [names[hit.sound_id] for hit in hits]

    def top(self, limit: int = 10, **fields: object) -> list[str]:
        """Names of the best sounds, as they are ranked."""
        asked = {"show_weak": True, "fold": False, "limit": limit, **fields}
        return self.names(self.ask(**asked).hits)

    def item(self, start: str, **fields: object) -> dict[str, object]:
        """A part of a query: the sound whose name starts so."""
        return {"type": "item", "sound_id": self.id(start), **fields}


def hashed_copies(folder: Path, into: Path) -> dict[Path, str]:
    """Copies under names that say nothing, and the far versions; returns their real names."""
    into.mkdir()
    real: dict[Path, str] = {}
    for path in sorted(folder.rglob("*")):
        audio = path.suffix in (".wav", ".flac", ".mp3", ".aif")
        if not audio or path.name.startswith(LEFT_OUT):
            continue
        copy = into / f"{hashlib.sha256(path.name.encode()).hexdigest()[:12]}{path.suffix}"
        shutil.copyfile(path, copy)
        real[copy] = path.name
        if path.stem in FAR:
            distant = copy.with_name(f"{copy.stem[::-1]}.wav")
            _write_far(path, distant)
            real[distant] = f"far {path.name}"
    return real


def named_copies(folder: Path, into: Path) -> dict[Path, str]:
    """The sounds that have far versions, and those, under names as people give them."""
    into.mkdir()
    real: dict[Path, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.stem in FAR:
            copy, distant = into / path.name, into / f"{path.stem}_distant.wav"
            shutil.copyfile(path, copy)
            _write_far(path, distant)
            real |= {copy: path.name, distant: f"far {path.name}"}
    return real


def _write_far(path: Path, distant: Path) -> None:
    samples, rate = soundfile.read(path, always_2d=True)
    soundfile.write(distant, far(samples.mean(axis=1), rate), rate)


def far(samples: Floats, rate: int) -> Floats:
    """The sound from the other end of a large hall: dull, quiet, with a tail of three seconds."""
    chance = np.random.default_rng(1)
    tail_s = np.arange(3 * rate) / rate
    tail = chance.standard_normal(len(tail_s)) * np.exp(-tail_s / 0.6) * (tail_s > 0.03)
    length = min(len(samples) + len(tail), 10 * rate)
    size = len(samples) + len(tail)
    hertz = np.fft.rfftfreq(size, 1 / rate)
    spectrum = np.fft.rfft(samples, size)
    wet = np.fft.irfft(spectrum * np.fft.rfft(tail, size) / (1 + (hertz / 1800) ** 2), size)
    dry = np.fft.irfft(spectrum / (1 + (hertz / 3500) ** 2), size)
    mixed = 0.3 * wet / np.abs(wet).max() + 0.7 * dry / np.abs(dry).max()
    return np.asarray(0.1 * mixed[:length] / np.abs(mixed).max())
