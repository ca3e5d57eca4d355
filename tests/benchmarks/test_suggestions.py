"""The judge of suggestions counts what it says it counts, and its labels are categories."""

import numpy as np
import pytest

from benchmarks.suggestions import judged, labels
from demo.catalogue import RECIPES
from foundsound.embedding.embedder import Floats
from foundsound.metadata.ucs import category_of


def test_every_file_of_the_demo_is_filed_under_categories() -> None:
    filed = labels()
    assert {recipe.path for recipe in RECIPES} <= set(filed)
    assert all(filed.values())
    for cat_ids in filed.values():
        for cat_id in cat_ids:
            found = category_of(cat_id)
            assert found is not None
            assert found.cat_id == cat_id


def test_shares() -> None:
    said = {0.0: [], 1.0: ["DOORWood", "DOORMetl"], 2.0: ["DOORMetl"], 3.0: ["RAIN"]}

    def suggest(windows: Floats) -> list[str]:
        return said[float(windows[0, 0])]

    windows = {str(n): np.full((1, 2), n, np.float32) for n in range(4)}
    right = {name: frozenset({"DOORWood"}) for name in windows}
    found = judged(suggest, windows, right)
    assert (found.sounds, found.answered) == (4, 0.75)
    assert found.first == pytest.approx(1 / 3)  # of three answers one begins rightly
    assert found.category == pytest.approx(2 / 3)
    assert (found.shown, found.found) == (0.25, 0.25)
