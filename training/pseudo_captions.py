"""AudioSet class names as second captions: what YAMNet hears, whatever the file is called.

The step that matters most: three tenths of all captions are replaced by the name, or an everyday
phrase, of a class that YAMNet gives more than 0.15. Classes are drawn in proportion to
p / sqrt(prior), so that rare ones come up; a class's phrases share its weight.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats

SHARE = 0.3
THRESHOLD = 0.15


@dataclass(frozen=True)
class PseudoCaptions:
    """For each clip, the phrases it may be called by."""

    weights: torch.Tensor
    """``[clips, phrases]``, zero for the phrases of classes not heard."""
    heard: torch.Tensor
    """Whether any class is, bool ``[clips]``."""

    def draw(self, clips: torch.Tensor) -> torch.Tensor:
        """A phrase's row for each of the clips; -1 where its own caption stays."""
        phrases = torch.multinomial(self.weights[clips] + 1e-12, 1)[:, 0]
        replaced = (torch.rand(len(clips)) < SHARE) & self.heard[clips]
        return torch.where(replaced, phrases, -1)


def pseudo_captions(probabilities: Floats, classes: NDArray[np.int64]) -> PseudoCaptions:
    """From mean class probabilities ``[clips, 521]`` and each phrase's class ``[phrases]``."""
    heard = probabilities > THRESHOLD
    prior = probabilities.mean(axis=0)
    weights = np.where(heard, probabilities / np.sqrt(prior + 1e-6), 0)
    weights = (weights / np.bincount(classes))[:, classes].astype(np.float32)
    return PseudoCaptions(torch.from_numpy(weights), torch.from_numpy(heard.any(axis=1)))
