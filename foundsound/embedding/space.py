"""What turns a sound into points: the space's key, and the merging of near-equal windows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from foundsound.audio.windows import HOP_SHARE
from foundsound.embedding.embedder import Embedder, Floats, unit_length

MERGE_COSINE = 0.98  # neighbours at least this alike are one longer window


@dataclass(frozen=True)
class EmbeddedSpan:
    """A stretch of a sound and its vector, float32 ``[dim]``, unit length."""

    start_s: float
    end_s: float
    vector: Floats


def space_key(embedder: Embedder) -> str:
    """Names everything that decides a vector: model version, windowing, merging."""
    window = f"w{embedder.window_s:g}-h{embedder.window_s * HOP_SHARE:g}-m{MERGE_COSINE:g}"
    return f"{embedder.version}-d{embedder.dim}-{window}"


def merge_neighbours(spans: Sequence[EmbeddedSpan]) -> list[EmbeddedSpan]:
    """Join neighbours that sound the same, so that an hour of rain is not 700 points.

    Each window is compared with the mean of the run it would join, not with its neighbour alone:
    a sound that changes slowly is cut before its ends differ.
    """
    merged: list[EmbeddedSpan] = []
    total = np.zeros(0, np.float32)  # sum of the vectors in the last run
    for span in spans:
        if merged and float(merged[-1].vector @ span.vector) >= MERGE_COSINE:
            total = total + span.vector
            mean = unit_length(total)
            merged[-1] = EmbeddedSpan(merged[-1].start_s, span.end_s, mean)
        else:
            total = span.vector
            merged.append(span)
    return merged
