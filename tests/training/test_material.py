"""What the head may learn from: nothing but the packages that were allowed, split by package."""

import pytest

from training.captions import caption
from training.packages import HELD_OUT, packages


def test_packages_are_pinned_and_named_once() -> None:
    names = [package.name for package in packages()]
    assert len(names) == len(set(names)) == 81
    assert all(package.version for package in packages())


def test_the_held_out_packages_are_a_small_part_of_them() -> None:
    names = {package.name for package in packages()}
    assert names > HELD_OUT
    assert {package.name for package in packages() if package.held_out} == HELD_OUT


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("sounds/dog_bark_03.ogg", {"dog", "barking"}),
        ("sfx/glassBreak-final.wav", {"glass", "break"}),
    ],
)
def test_captions_are_made_of_a_paths_words(path: str, words: set[str]) -> None:
    assert words <= set((caption(path) or "").split())
