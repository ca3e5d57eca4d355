"""From one CLAP to another: each space holds what its own model hears, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

from foundsound.embedding.clap.load import create_clap
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.library import Library
from foundsound.settings import Settings
from tests.clap_models import save_random_clap
from tests.ingest.decoding import vectors_by_name
from tests.ingest.switching import index_into, spaces, switch
from tests.signals import noise, write


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Torch in float32: converting two models would take longer than the test."""
    return settings.model_copy(update={"device": "cpu", "clap_runtime": "torch-fp32"})


def test_one_clap_gives_way_to_another(settings: Settings, tmp_path: Path) -> None:
    heard = noise(2.0, rate=48_000)[:, 0]
    write(tmp_path / "sounds" / "noise.wav", heard, 48_000, subtype="FLOAT")
    first, second = (
        str(save_random_clap(tmp_path / size, size, seed))
        for seed, size in enumerate(("nano", "nano-fused"))
    )
    with Library(settings.model_copy(update={"model": first})) as library:
        index_into(library, tmp_path / "sounds")
        before = library.space_key
        assert np.allclose(_stored(library), _by(library.embedder, heard), atol=1e-4)
        assert switch(library, second, keep=True).embedded == 1
        assert spaces(library) == {first: (False, 1, 0), second: (True, 1, 0)}
        assert library.space_key != before
        assert library.store.exists(before)
        now = _by(create_clap(second, settings), heard)
        assert np.allclose(_stored(library), now, atol=1e-4)
        assert not np.allclose(now, _by(create_clap(first, settings), heard), atol=1e-2)
        assert switch(library, first).embedded == 0  # it was kept
        assert spaces(library) == {first: (True, 1, 0)}
        assert library.space_key == before
        assert np.allclose(_stored(library), _by(library.embedder, heard), atol=1e-4)


def _stored(library: Library) -> Floats:
    return vectors_by_name(library)["noise.wav"]


def _by(embedder: Embedder, heard: Floats) -> Floats:
    return embedder.embed_audio([heard])
