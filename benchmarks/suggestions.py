"""How right suggested UCS categories are: ``python -m benchmarks.suggestions``.

On the demo library, whose files we filed by hand (``demo/categories.tsv``: one CatID or several
that are right, as a librarian may file it either way). Right is one of these CatIDs; «category» is
right when the part before the subcategory is (``DOORWood`` for ``DOORMetl``). Baseline «always»:
the best entry of every sound, whether it stands out or not.
"""

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from rich.progress import track
from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.measure import err, out
from foundsound.audio.bounds import file_bounds
from foundsound.audio.decode import MonoStream
from foundsound.audio.windows import cut_windows
from foundsound.calibrate import measured_calibration
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.hearing.suggest import KnownVocabulary, known_vocabulary
from foundsound.hearing.vocabulary_vectors import embed_vocabulary, kept_vectors
from foundsound.metadata.ucs import category_of
from foundsound.settings import Settings

LABELS = Path(__file__).parent.parent / "demo" / "categories.tsv"
MODELS = ("starter", "starter-bridge")


@dataclass(frozen=True)
class Quality:
    """Of one way to suggest."""

    sounds: int
    answered: float
    """Share of the sounds for which a category is suggested."""
    first: float
    """Of these, the share whose strongest suggestion is right."""
    category: float
    """Of these, the share whose strongest suggestion has the right category."""
    shown: float
    """Share of all suggestions that are right."""
    found: float
    """Share of all sounds that have a right one among their suggestions."""


def labels(file: Path = LABELS) -> dict[str, frozenset[str]]:
    """The right CatIDs of each file of the demo library, by its path."""
    with file.open(encoding="utf-8", newline="") as table:
        rows = csv.DictReader(table, delimiter="\t")
        return {row["path"]: frozenset(row["cat_ids"].split()) for row in rows}


def windows_of(embedder: Embedder, path: Path, settings: Settings) -> Floats:
    """A file's windows, float32 ``[n, dim]``, as an index run embeds them."""
    made = []
    with MonoStream(bytes(path), embedder.sample_rate, file_bounds(settings)) as stream:
        windows = cut_windows(stream.blocks(), embedder.sample_rate, embedder.window_s)
        while batch := list(islice(windows, embedder.batch_windows)):
            made.append(embedder.embed_audio([window.samples for window in batch]))
    return np.concatenate(made)


def judged(
    suggest: Callable[[Floats], Sequence[str]],
    windows: Mapping[str, Floats],
    right: Mapping[str, frozenset[str]],
) -> Quality:
    """Compare what is suggested for sounds, best first, with what is right."""
    suggested = {name: suggest(vectors) for name, vectors in windows.items()}
    answered = [name for name, found in suggested.items() if found]
    shown = [cat_id in right[name] for name in answered for cat_id in suggested[name]]

    def share(kept: Sequence[bool]) -> float:
        return sum(kept) / max(len(kept), 1)

    return Quality(
        sounds=len(windows),
        answered=len(answered) / len(windows),
        first=share([suggested[name][0] in right[name] for name in answered]),
        category=share([_same_category(suggested[name][0], right[name]) for name in answered]),
        shown=share(shown),
        found=share([bool(right[name] & set(found)) for name, found in suggested.items()]),
    )


def shown_categories(known: KnownVocabulary) -> Callable[[Floats], list[str]]:
    """What a person is shown."""
    return lambda windows: [s.value for s in known.suggested(windows) if s.kind == "ucs"]


def best_categories(known: KnownVocabulary) -> Callable[[Floats], list[str]]:
    """The baseline: the best one, come what may."""
    entries = [at for at, entry in enumerate(known.entries) if entry.kind == "ucs"]
    vectors, mean = known.vectors[entries], known.mean[entries]

    def best(windows: Floats) -> list[str]:
        at = int((windows @ vectors.T - mean).max(axis=0).argmax())
        return [known.entries[entries[at]].value]

    return best


def _same_category(cat_id: str, right: frozenset[str]) -> bool:
    return _category(cat_id) in {_category(each) for each in right}


def _category(cat_id: str) -> str:
    found = category_of(cat_id)
    assert found is not None
    return found.category


def main() -> None:
    """Embed the library with each model and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, default=Path("demo-library"))
    folder: Path = parser.parse_args().library
    right = labels()
    table = Table("", "answered", "first right", "category right", "shown right", "found", box=None)
    for model in MODELS:
        settings = bench_settings().model_copy(update={"model": model})
        embedder = create_embedder(model, settings)
        vectors = kept_vectors(space_key(embedder), settings.cache_dir)
        if vectors is None:
            vectors = embed_vocabulary(embedder)
        known = known_vocabulary(vectors, measured_calibration(embedder, settings))
        names = [name for name in right if (folder / name).is_file()]
        windows = {
            name: windows_of(embedder, folder / name, settings)
            for name in track(names, model, console=err)
        }
        for way, suggest in (
            ("suggested", shown_categories(known)),
            ("always", best_categories(known)),
        ):
            found = judged(suggest, windows, right)
            shares = (found.answered, found.first, found.category, found.shown, found.found)
            table.add_row(f"{model}, {way}", *(f"{each:.2f}" for each in shares))
    out.print(f"{found.sounds} sounds")
    out.print(table)


if __name__ == "__main__":
    main()
