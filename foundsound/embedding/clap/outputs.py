"""What ``get_audio_features`` and ``get_text_features`` return, in any version of transformers."""

from typing import Any

import torch


def pooled(features: Any) -> torch.Tensor:
    """The projected embedding ``[n, dim]``.

    transformers 4 returns it as a tensor; 5 returns an object that carries it as its pooler output.
    """
    if isinstance(features, torch.Tensor):
        return features
    found: torch.Tensor = features.pooler_output
    return found
