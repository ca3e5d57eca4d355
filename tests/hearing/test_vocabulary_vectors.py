"""Vectors of the vocabulary: those that come along are what the models make."""

import threading
from pathlib import Path

import numpy as np
import pytest

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.hearing import vocabulary_vectors as made
from foundsound.hearing.vocabulary import vocabulary
from foundsound.library import Library
from foundsound.settings import Settings

DATA = Path(made.__file__).parent / "data"


@pytest.mark.parametrize("model", ["starter", "starter-bridge"])
def test_what_comes_along_is_what_the_model_makes(model: str, cache_dir: Path) -> None:
    embedder = create_embedder(model, Settings(cache_dir=cache_dir, threads=1))
    file = DATA / made.file_name(space_key(embedder))
    # Absent: the model or the vocabulary has a new version; run python -m training.vocabulary.
    assert file.is_file()
    with np.load(file) as arrays:
        found = unit_length(arrays["vectors"].astype(np.float32))
    entries = vocabulary()
    assert found.shape == (len(entries), embedder.dim)
    chosen = range(0, len(entries), 40)
    asked = [unit_length(embedder.embed_text(entries[at].texts).sum(axis=0)) for at in chosen]
    assert (found[list(chosen)] * np.stack(asked)).sum(axis=1).min() > 0.9995


def test_others_are_made_once_and_mended(
    library: Library, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = library.space
    embedder, texts = space.embedder, [0]
    embed = embedder.embed_text

    def counted(some: list[str]) -> Floats:
        texts[0] += len(some)
        return embed(some[:1]).repeat(len(some), axis=0)

    monkeypatch.setattr(embedder, "embed_text", counted)
    monkeypatch.setattr(made, "file_name", lambda _: "other.npz")
    cache = cache_dir / "others"
    everything = sum(len(entry.texts) for entry in vocabulary())
    first = made.vocabulary_vectors(space, cache)
    made.vocabulary_vectors(space, cache)
    assert texts == [everything]
    made._last.clear()  # as in another process
    np.testing.assert_allclose(made.vocabulary_vectors(space, cache), first, atol=1e-3)
    assert texts == [everything]
    (cache / "vocabulary" / "other.npz").write_bytes(b"damaged")
    made._last.clear()
    made.vocabulary_vectors(space, cache)
    assert texts == [2 * everything]


def test_it_stops(library: Library, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "file_name", lambda _: "stopped.npz")
    stop = threading.Event()
    stop.set()
    with pytest.raises(made.Stopped):
        made.vocabulary_vectors(library.space, cache_dir, stop.is_set)
    assert not (cache_dir / "vocabulary" / "stopped.npz").exists()
