"""The shipped weights give the figures that were recorded with them, on a small fixed set.

A change of these numbers is a change of vectors: it needs a new version string, and new numbers.
"""

from pathlib import Path

import numpy as np
import pytest

from foundsound.embedding.embedder import Floats
from foundsound.embedding.registry import create_embedder
from foundsound.settings import Settings
from tests.embedding.starter_fixed_set import described_sounds, similarity

# Of 33 descriptions, and of 33 sounds that choose among them: right at once, and among five.
RECORDED = {
    "starter": ("starter-2", {"hit 1": 21, "hit 5": 30, "zero shot 1": 19, "zero shot 5": 30}),
    "starter-bridge": (
        "starter-bridge-1",
        {"hit 1": 23, "hit 5": 31, "zero shot 1": 20, "zero shot 5": 30},
    ),
}
MAY_MOVE = 1  # of the 33, by rounding on another processor
COSINES: dict[str, dict[str, float]] = {
    "starter": {
        "police siren wailing": 0.426,
        "a single songbird": 0.552,
        "footsteps on gravel": 0.000,
        "cordless drill": 0.282,
        "stadium crowd cheering": 0.466,
        "distant rumble of thunder": 0.277,
    },
    "starter-bridge": {
        "police siren wailing": 0.673,
        "a single songbird": 0.591,
        "footsteps on gravel": 0.025,
        "cordless drill": 0.452,
        "stadium crowd cheering": 0.394,
        "distant rumble of thunder": 0.459,
    },
}
COSINE_MAY_MOVE = 0.01


@pytest.fixture(scope="module")
def cosines(cache_dir: Path) -> dict[str, Floats]:
    models = {name: create_embedder(name, Settings(cache_dir=cache_dir)) for name in RECORDED}
    assert {name: model.version for name, model in models.items()} == {
        name: version for name, (version, _) in RECORDED.items()
    }
    return {name: similarity(model) for name, model in models.items()}


@pytest.mark.parametrize("name", RECORDED)
def test_figures_are_as_recorded(name: str, cosines: dict[str, Floats]) -> None:
    scores = cosines[name]
    right = np.diag(scores)
    ranks = (scores >= right[:, None]).sum(axis=1)
    zero_shot_ranks = (scores >= right).sum(axis=0)
    found = {
        "hit 1": int((ranks == 1).sum()),
        "hit 5": int((ranks <= 5).sum()),
        "zero shot 1": int((zero_shot_ranks == 1).sum()),
        "zero shot 5": int((zero_shot_ranks <= 5).sum()),
    }
    _, recorded = RECORDED[name]
    assert len(scores) == 33
    assert found == {figure: pytest.approx(n, abs=MAY_MOVE) for figure, n in recorded.items()}


@pytest.mark.parametrize("name", RECORDED)
def test_cosines_are_as_recorded(name: str, cosines: dict[str, Floats]) -> None:
    texts, _ = described_sounds()
    right = dict(zip(texts, np.diag(cosines[name]).tolist(), strict=True))
    found = {text: right[text] for text in COSINES[name]}
    assert found == pytest.approx(COSINES[name], abs=COSINE_MAY_MOVE)
