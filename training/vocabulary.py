"""What comes along with the starter models: ``python -m training.vocabulary``.

Their vectors of the vocabulary, and their background: a new library need not make them.
Needed anew when a starter model, the vocabulary or the calibration has another version, which tests
tell.
"""

from pathlib import Path

import foundsound.embedding.starter
import foundsound.hearing
from foundsound.calibrate import calibration_file, write_calibration
from foundsound.embedding.calibration import measure
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.hearing.vocabulary_vectors import embed_vocabulary, file_name, write_vectors
from foundsound.settings import Settings

MODELS = ("starter", "starter-bridge")


def main() -> None:
    """Write two files a model, in place of those of earlier versions."""
    folder = Path(foundsound.hearing.__file__).parent / "data"
    calibrations = Path(foundsound.embedding.starter.__file__).parent / "data" / "calibration"
    for old in (*folder.glob("vocabulary-*.npz"), *calibrations.glob("*.npz")):
        old.unlink()
    for model in MODELS:
        embedder = create_embedder(model, Settings(threads=1))
        write_vectors(folder / file_name(space_key(embedder)), embed_vocabulary(embedder))
        write_calibration(calibrations / calibration_file(embedder), measure(embedder))


if __name__ == "__main__":
    main()
