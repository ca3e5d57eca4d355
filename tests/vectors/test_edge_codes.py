"""The codes that the embedded store compares before it looks at vectors."""

import json
from pathlib import Path

import numpy as np
import pytest
import qdrant_edge

from foundsound.vectors.edge_store import EdgeStore
from foundsound.vectors.index import WindowPoint, oversampling


def test_a_store_with_other_codes_is_opened_and_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = np.eye(4, dtype=np.float32)

    def codes() -> dict[str, dict[str, object]]:
        (config,) = tmp_path.glob("*/edge_config.json")
        found: dict[str, dict[str, object]] = json.loads(config.read_text())["quantization_config"]
        return found

    with monkeypatch.context() as earlier:
        int8 = qdrant_edge.ScalarQuantizationConfig(
            type=qdrant_edge.ScalarType.Int8, quantile=0.99, memory=qdrant_edge.Memory.Pinned
        )
        earlier.setattr(qdrant_edge, "TurboQuantQuantizationConfig", lambda **_: int8)
        index = EdgeStore(tmp_path).open("k", 4)
        index.upsert([WindowPoint(f"s{n}", 0, 0.0, 1.0, each) for n, each in enumerate(vectors)])
        index.close()
    assert "scalar" in codes()
    index = EdgeStore(tmp_path).open("k", 4)
    assert [hit.sound_id for hit in index.search(vectors[2], 1)] == ["s2"]
    index.optimize()
    assert [hit.sound_id for hit in index.search(vectors[2], 1)] == ["s2"]
    index.close()
    assert codes() == {"turbo": {"bits": "bits4", "memory": "pinned"}}


@pytest.mark.parametrize(("limit", "looked_at"), [(10, 210), (150, 350), (300, 600), (1000, 1500)])
def test_so_many_windows_are_scored_anew(limit: int, looked_at: int) -> None:
    assert limit * oversampling(limit) == pytest.approx(looked_at)
