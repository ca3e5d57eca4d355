"""The int8 codes of the embedded store."""

import json
from pathlib import Path

import numpy as np
import pytest
import qdrant_edge

from foundsound.vectors.edge_store import EdgeStore
from foundsound.vectors.index import WindowPoint, oversampling


def test_a_store_whose_codes_were_cut_off_takes_the_whole_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = qdrant_edge.ScalarQuantizationConfig
    vectors = np.eye(4, dtype=np.float32)

    def codes() -> dict[str, object]:
        (config,) = tmp_path.glob("*/edge_config.json")
        scalar: dict[str, object] = json.loads(config.read_text())["quantization_config"]["scalar"]
        return scalar

    with monkeypatch.context() as earlier:
        cut_off = lambda **given: whole(quantile=0.99, **given)  # noqa: E731
        earlier.setattr(qdrant_edge, "ScalarQuantizationConfig", cut_off)
        index = EdgeStore(tmp_path).open("k", 4)
        index.upsert([WindowPoint(f"s{n}", 0, 0.0, 1.0, each) for n, each in enumerate(vectors)])
        index.close()
    assert codes()["quantile"] == pytest.approx(0.99)
    index = EdgeStore(tmp_path).open("k", 4)
    index.optimize()
    assert [hit.sound_id for hit in index.search(vectors[2], 1)] == ["s2"]
    index.close()
    assert codes() == {"type": "int8", "memory": "pinned"}


@pytest.mark.parametrize(("limit", "looked_at"), [(10, 210), (150, 350), (300, 600), (1000, 1500)])
def test_so_many_windows_are_scored_anew(limit: int, looked_at: int) -> None:
    assert limit * oversampling(limit) == pytest.approx(looked_at)
