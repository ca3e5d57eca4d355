"""Vectors in an export: safetensors files of a bounded size, each with the windows it holds."""

from collections.abc import Sequence

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from foundsound.errors import LibraryError
from foundsound.vectors.index import WindowPoint

SHARD_BYTES = 16 * 2**20  # of vectors: a file is made in memory


def windows_in_shard(dim: int) -> int:
    """How many windows make a file."""
    return max(1, SHARD_BYTES // (4 * dim))


def packed(points: Sequence[WindowPoint]) -> bytes:
    """Windows as one safetensors file.

    ``vectors`` float32 [n, dim], ``sounds`` uint8 [n, 16], the bytes of the sounds' ids,
    ``windows`` int64 [n], ``seconds`` float64 [n, 2], start and end.
    """
    ids = b"".join(bytes.fromhex(point.sound_id) for point in points)
    return save(
        {
            "vectors": np.stack([point.vector for point in points]),
            "sounds": np.frombuffer(ids, np.uint8).reshape(len(points), -1),
            "windows": np.array([point.index for point in points], np.int64),
            "seconds": np.array([(p.start_s, p.end_s) for p in points], np.float64),
        }
    )


def unpacked(data: bytes, dim: int) -> list[WindowPoint]:
    """The windows again.

    Raises:
        LibraryError: it is no such file.
    """
    try:
        found = load(data)
        vectors, seconds = found["vectors"], found["seconds"].tolist()
        rows = zip(found["sounds"], found["windows"].tolist(), seconds, vectors, strict=True)
        if vectors.dtype != np.float32 or vectors.shape[1:] != (dim,):
            raise ValueError("vectors")
        return [
            WindowPoint(sound.tobytes().hex(), index, start, end, vector)
            for sound, index, (start, end), vector in rows
        ]
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise LibraryError("The export is damaged: a file of vectors is none.") from error
