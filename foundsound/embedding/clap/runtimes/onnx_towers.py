"""CLAP's towers in onnxruntime: each in float32, or with products of eight-bit integers."""

from pathlib import Path

import numpy as np

from foundsound.embedding.clap.runtimes.out_of_range import without_vectors
from foundsound.embedding.clap.runtimes.session import onnx_session
from foundsound.embedding.clap.towers import Ids
from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter.window_pool import WindowPool


class OnnxAudioTower:
    """See :class:`~foundsound.embedding.clap.towers.AudioTower`; takes arrays.

    A session of one thread that every thread of the pool runs on a window of its own: 15 % less
    work than all threads on one batch.

    Args:
        name: ``onnxruntime``, ``onnxruntime-int8`` or ``onnxruntime-int8-shared``.

    Raises:
        ModelError: onnxruntime cannot load the model.
    """

    def __init__(self, name: str, model: Path, pool: WindowPool) -> None:
        self.name = name
        graph = _int8(model, shared=name.endswith("shared")) if "int8" in name else model
        self._session = onnx_session(graph, threads=1)
        self._pool = pool

    def embed(self, mel: Floats) -> Floats:
        """See :class:`~foundsound.embedding.clap.towers.AudioTower`."""
        return without_vectors(self._pool.map(self._one, list(mel), 0), mel)

    def _one(self, mel: Floats) -> Floats:
        (found,) = self._session.run(None, {"mel": np.ascontiguousarray(mel[None])})
        row: Floats = found[0]
        return row


class OnnxTextTower:
    """See :class:`~foundsound.embedding.clap.towers.TextTower`.

    Args:
        name: ``onnxruntime-text`` or ``onnxruntime-text-int8``.
        threads: that work on one text.

    Raises:
        ModelError: onnxruntime cannot load the model.
    """

    def __init__(self, name: str, model: Path, threads: int) -> None:
        self.name = name
        self._session = onnx_session(model, threads)

    def embed(self, ids: Ids, mask: Ids) -> Floats:
        """See :class:`~foundsound.embedding.clap.towers.TextTower`.

        One text at a time, without its padding: int8 takes its scale from the whole batch, so a
        text's vector would depend on its neighbours.
        """
        rows = [self._one(row[row_mask > 0]) for row, row_mask in zip(ids, mask, strict=True)]
        return np.concatenate(rows)

    def _one(self, ids: Ids) -> Floats:
        inputs = {"ids": ids[None], "mask": np.ones((1, len(ids)), np.int64)}
        (found,) = self._session.run(None, inputs)
        vector: Floats = found
        return vector


def _int8(model: Path, *, shared: bool) -> bytes:
    import onnx  # takes as long to import as onnxruntime, and text never needs it

    from foundsound.embedding.clap.runtimes.int8_onnx import to_int8

    graph = onnx.load(model)
    to_int8(graph, shared=shared)
    return bytes(graph.SerializeToString())
