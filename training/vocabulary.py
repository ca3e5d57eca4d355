"""Writes the starter models' vectors of the vocabulary: ``python -m training.vocabulary``.

Needed anew when a starter model or the vocabulary has another version, which a test tells.
"""

from pathlib import Path

import foundsound.hearing
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.hearing.vocabulary_vectors import embed_vocabulary, file_name, write_vectors
from foundsound.settings import Settings

MODELS = ("starter", "starter-bridge")


def main() -> None:
    """Write a file a model, in place of those of earlier versions."""
    folder = Path(foundsound.hearing.__file__).parent / "data"
    for old in folder.glob("vocabulary-*.npz"):
        old.unlink()
    for model in MODELS:
        embedder = create_embedder(model, Settings(threads=1))
        write_vectors(folder / file_name(space_key(embedder)), embed_vocabulary(embedder))


if __name__ == "__main__":
    main()
