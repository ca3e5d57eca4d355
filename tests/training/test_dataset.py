"""No caption and no package may rule the material."""

from collections import Counter

import numpy as np

from training.dataset import (
    MAX_PER_CAPTION,
    MAX_PER_CAPTION_AND_PACKAGE,
    MAX_PER_PACKAGE,
    captioned_clips,
    thinned,
)
from training.features import PackageFeatures


def package(name: str, captions: int, each: int) -> PackageFeatures:
    words = ["door", "dog", "rain", "train", "bell", "glass", "horn", "owl", "frog", "clock"]
    stems = [f"{words[k // 10]} {words[k % 10]}" for k in range(captions)]
    paths = [f"{name}/sounds/{stem}_{n}.wav" for stem in stems for n in range(each)]
    marks = np.arange(len(paths), dtype=np.float32)[:, None]
    return PackageFeatures(paths, marks, marks)


def test_captions_and_packages_are_capped() -> None:
    clips = captioned_clips([package("a", 3, 50), package("b", 99, 9)], seed=1)
    counts = Counter(zip(clips.packages, clips.captions, strict=True))
    assert max(counts.values()) == MAX_PER_CAPTION_AND_PACKAGE
    assert Counter(clips.packages)["b"] == MAX_PER_PACKAGE
    assert max(Counter(thinned(clips, seed=1).captions).values()) <= MAX_PER_CAPTION


def test_rows_stay_with_their_captions_and_a_seed_means_one_order() -> None:
    material = package("a", 20, 3)
    clips = captioned_clips([material], seed=2)
    for text, (mark,) in zip(clips.captions, clips.vectors, strict=True):
        words = material.paths[int(mark)].split("/")[-1].split("_")[0].split()
        assert set(text.split()) >= set(words) - {"horn"}
    assert captioned_clips([material], seed=2).captions == clips.captions
    assert captioned_clips([material], seed=3).captions != clips.captions


def test_leaving_packages_out_leaves_no_clip_of_them() -> None:
    clips = captioned_clips([package("a", 5, 2), package("b", 5, 2)], seed=1)
    assert set(clips.without(["a"]).packages) == {"b"}
    assert set(clips.of(["a"]).packages) == {"a"}
    assert len(clips.of(["a"])) + len(clips.without(["a"])) == len(clips)
