"""The front-end and the whole path against transformers' own extractor and model."""

import numpy as np
import pytest
import torch
from transformers import ClapFeatureExtractor, ClapModel

from foundsound.embedding.clap.features import read_features
from foundsound.embedding.clap.frontend import LogMel, filter_bank, repeat_pad
from foundsound.embedding.clap.load import create_clap
from foundsound.embedding.clap.runtimes.array_mel import ArrayMel
from foundsound.embedding.starter.window_pool import WindowPool
from foundsound.errors import ModelError
from foundsound.settings import Settings
from tests.clap_models import Size
from tests.embedding.clap.clips import RATE, WINDOW, Floats, clips
from tests.embedding.clap.conftest import Folder

CLIPS = clips()
MAX_DB, MEAN_DB = 2e-3, 1e-5
CPU = torch.device("cpu")


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("size", ["nano", "nano-fused"])
def test_both_front_ends_are_the_extractor(clap_folder: Folder, size: Size, name: str) -> None:
    folder = clap_folder(size)
    extractor = ClapFeatureExtractor.from_pretrained(folder)
    wanted = _extract(extractor, CLIPS[name])
    features = read_features(folder, size.endswith("fused"))
    channels = 4 if features.fused else 1
    on_cpu = ArrayMel(filter_bank(features), channels, WindowPool(1))([CLIPS[name]])[0]
    in_torch = LogMel(features, CPU)([CLIPS[name]]).numpy()[0]
    for found in (on_cpu, in_torch):
        assert found.shape == wanted.shape == (channels, 1001, 64)
        difference = np.abs(found - wanted)
        assert difference.max() < MAX_DB
        assert difference.mean() < MEAN_DB


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ("tiny", ["silence", "one sample", "high tone", "sweep"]),
        ("tiny-fused", ["silence", "short noise", "clipped"]),
        ("base", ["sweep"]),
    ],
)
def test_vectors_are_those_of_extractor_and_model(
    clap_folder: Folder, size: Size, names: list[str], cpu_settings: Settings
) -> None:
    folder = clap_folder(size)
    found = create_clap(str(folder), cpu_settings).embed_audio([CLIPS[n] for n in names])
    extractor = ClapFeatureExtractor.from_pretrained(folder)
    model = ClapModel.from_pretrained(folder).eval()
    mel = torch.from_numpy(np.stack([_extract(extractor, CLIPS[n]) for n in names])).float()
    with torch.inference_mode():
        # No clip is longer than a window; the extractor would claim it of a random one.
        longer = torch.zeros(len(names), 1, dtype=torch.bool)
        wanted = model.get_audio_features(input_features=mel, is_longer=longer).pooler_output
    assert (found * wanted.numpy()).sum(axis=1).min() > 0.99999


def test_every_length_is_padded_as_the_extractor_pads() -> None:
    for samples in (1, 2, 3, 1000, WINDOW // 3, WINDOW // 2, WINDOW // 2 + 1, WINDOW):
        clip = np.arange(1, samples + 1, dtype=np.float32)
        whole = WINDOW // samples
        padded = repeat_pad(clip)
        assert padded.shape == (WINDOW,)
        assert np.array_equal(padded[: whole * samples], np.tile(clip, whole))
        assert not padded[whole * samples :].any()


@pytest.mark.parametrize("samples", [0, WINDOW + 1])
def test_windows_of_other_lengths_are_refused(samples: int) -> None:
    with pytest.raises(ModelError, match=f"not {samples}"):
        repeat_pad(np.zeros(samples, np.float32))


def _extract(extractor: ClapFeatureExtractor, clip: Floats) -> Floats:
    features = extractor(clip, sampling_rate=RATE, return_tensors="np")["input_features"]
    return np.asarray(features[0], dtype=np.float32)
