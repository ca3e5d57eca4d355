"""Writes the joint model as ``data/head.npz``, the arrays that the runtime reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter.phrases import PhraseTable
from training.head import Head
from training.joint import BRIDGE_WEIGHT, JointModel


def write_head(model: JointModel, phrases: PhraseTable, target: Path) -> None:
    """Write float16 arrays, but float32 for the features' mean and deviation, whose range is wide.

    Kernels are stored input first, the heads stacked on a leading axis.
    """

    def stacked(part: Callable[[Head], torch.Tensor]) -> Floats:
        return np.stack([part(head).detach().numpy() for head in model.heads])

    halves = {
        "feature_directions": model.scaling.directions,
        "hidden_kernel": stacked(lambda head: head.hidden.weight).swapaxes(1, 2),
        "hidden_bias": stacked(lambda head: head.hidden.bias),
        "norm_scale": stacked(lambda head: head.norm.weight),
        "norm_bias": stacked(lambda head: head.norm.bias),
        "output_kernel": stacked(lambda head: head.output.weight).swapaxes(1, 2),
        "output_bias": stacked(lambda head: head.output.bias),
        "sentence_mean": model.sentence_mean,
        "projection": model.projection,
        "audio_mean": model.audio_mean,
        "text_mean": model.text_mean,
        "phrases": phrases.phrases,
        "phrase_centre": phrases.centre,
        "timbre_directions": model.sound_timbre.directions,
        "timbre_mean": model.sound_timbre.mean,
        "captions": model.timbre_table.captions,
        "caption_weights": model.timbre_table.caption_weights,
        "caption_timbres": model.timbre_table.caption_timbres,
        "class_timbres": model.timbre_table.class_timbres,
        "text_timbre_mean": model.timbre_table.mean,
    }
    arrays: dict[str, Any] = {
        name: np.ascontiguousarray(array, np.float16) for name, array in halves.items()
    }
    arrays["feature_mean"] = model.scaling.mean
    arrays["feature_deviation"] = model.scaling.deviation
    arrays["phrase_starts"] = phrases.starts
    arrays["bridge_weight"] = np.float32(BRIDGE_WEIGHT)
    np.savez(target, **arrays)
