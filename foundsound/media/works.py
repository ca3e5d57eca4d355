"""What is made of a sound's file, by name: each reads it once and may give several files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from foundsound.audio.bounds import Bounds

if TYPE_CHECKING:
    from foundsound.audio.reader import Floats

Alive = Callable[[], None]
Work = Callable[[bytes, Bounds, Path, Alive], None]


@dataclass(frozen=True)
class Product:
    """A kind of file that is made of a sound.

    ``version`` changes whenever the same sound would give another file.
    """

    work: str
    part: str
    version: int = 1

    def name(self, sound_id: str) -> str:
        """What the file of this sound is called; begins with the sound's id."""
        return f"{sound_id}.{self.work}-{self.part}-{self.version}"


RENDITION = Product("rendition", "audio")
PEAKS = {zoom: Product("peaks", zoom) for zoom in ("overview", "detail")}
SPECTROGRAM = {theme: Product("spectrogram", theme) for theme in ("dark", "light")}


def products_of(work: str) -> list[Product]:
    """All that one piece of work gives."""
    everything = [RENDITION, *PEAKS.values(), *SPECTROGRAM.values()]
    return [product for product in everything if product.work == work]


def import_all() -> None:
    """Import what the works need, so that the first one starts at once."""
    import foundsound.audio.decode
    import foundsound.media.peaks
    import foundsound.media.rendition
    import foundsound.media.spectrogram  # noqa: F401


def make(work: str, path: bytes, bounds: Bounds, folder: Path, alive: Alive) -> None:
    """Write what this work gives into a folder, each product under its ``part``.

    Args:
        alive: called whenever a piece is done.

    Raises:
        AudioError, FileUnavailable, OutOfBounds: the file is no usable audio, or cannot be read.
    """
    WORKS[work](path, bounds, folder, alive)


def _rendition(path: bytes, bounds: Bounds, folder: Path, alive: Alive) -> None:
    from foundsound.audio.decode import MonoStream
    from foundsound.media.rendition import Rendition

    with MonoStream(path, None, bounds) as stream:
        rendition = Rendition(folder / RENDITION.part, stream.facts)
        for _ in _watched(stream.blocks(rendition.push), alive):
            pass
        rendition.finish()


def _peaks(path: bytes, bounds: Bounds, folder: Path, alive: Alive) -> None:
    from foundsound.audio.decode import MonoStream
    from foundsound.media.peaks import Peaks

    with MonoStream(path, None, bounds) as stream:
        peaks = Peaks(stream.facts.sample_rate, _watched(stream.blocks(), alive))
    (folder / "overview").write_bytes(peaks.overview())
    (folder / "detail").write_bytes(peaks.detail())


def _spectrogram(path: bytes, bounds: Bounds, folder: Path, alive: Alive) -> None:
    from foundsound.audio.decode import MonoStream
    from foundsound.media.spectrogram import RATE, Spectrogram

    with MonoStream(path, RATE, bounds) as stream:
        blocks = _watched(stream.blocks(), alive)
        spectrogram = Spectrogram(blocks, stream.facts.declared_s)
    for theme in SPECTROGRAM:
        (folder / theme).write_bytes(spectrogram.png(theme))


WORKS: dict[str, Work] = {
    "rendition": _rendition,
    "peaks": _peaks,
    "spectrogram": _spectrogram,
}


def _watched(blocks: "Iterator[Floats]", alive: Alive) -> "Iterator[Floats]":
    for block in blocks:
        alive()
        yield block
