"""The clips to learn from: features with captions, thinned so that no caption or package rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats
from training.captions import caption
from training.features import PackageFeatures

MAX_PER_CAPTION_AND_PACKAGE = 20
MAX_PER_CAPTION = 20
MAX_PER_PACKAGE = 400


@dataclass(frozen=True)
class Clips:
    """Rows of arrays and lists belong together."""

    packages: list[str]
    captions: list[str]
    vectors: Floats
    """``[n, 3792]``."""
    probabilities: Floats
    """``[n, 521]``."""

    def __len__(self) -> int:
        return len(self.captions)

    def where(self, mask: NDArray[np.bool_]) -> "Clips":
        """The clips that a boolean mask picks."""
        rows = np.flatnonzero(mask)
        return Clips(
            [self.packages[row] for row in rows],
            [self.captions[row] for row in rows],
            self.vectors[rows],
            self.probabilities[rows],
        )

    def of(self, names: Sequence[str] | frozenset[str]) -> "Clips":
        """The clips of these packages."""
        return self.where(np.isin(self.packages, list(names)))

    def without(self, names: Sequence[str] | frozenset[str]) -> "Clips":
        """The clips of all other packages."""
        return self.where(~np.isin(self.packages, list(names)))


def captioned_clips(features: Sequence[PackageFeatures], seed: int) -> Clips:
    """All clips that have a caption, in a fixed random order, thinned within each package."""
    random = np.random.default_rng(seed)
    packages, captions, chosen = [], [], []
    for package in features:
        counts: Counter[str] = Counter()
        rows: list[int] = []
        for row in random.permutation(len(package.paths)):
            text = caption(package.paths[row])
            if text is None or counts[text] >= MAX_PER_CAPTION_AND_PACKAGE:
                continue
            if len(rows) >= MAX_PER_PACKAGE:
                break
            counts[text] += 1
            captions.append(text)
            packages.append(package.paths[row].split("/")[0])
            rows.append(row)
        chosen.append((package.vectors[rows], package.probabilities[rows]))
    vectors, probabilities = (np.concatenate(parts) for parts in zip(*chosen, strict=True))
    return Clips(packages, captions, vectors, probabilities)


def thinned(clips: Clips, seed: int) -> Clips:
    """At most so many clips of one caption over all packages: speech and music abound."""
    counts: Counter[str] = Counter()
    mask = np.zeros(len(clips), dtype=bool)
    for row in np.random.default_rng(seed).permutation(len(clips)):
        text = clips.captions[row]
        mask[row] = counts[text] < MAX_PER_CAPTION
        counts[text] += 1
    return clips.where(mask)
