"""Validation is by package: each is left out once, with those that share its recordings."""

from training.folds import FOLDS, RELATED, folds
from training.packages import packages

CLIPS = [package.name for package in packages() for _ in range(1 + len(package.name) % 7)]


def test_every_package_is_left_out_once() -> None:
    groups = folds(CLIPS)
    assert len(groups) == FOLDS
    assert sorted(name for group in groups for name in group) == sorted(set(CLIPS))


def test_related_packages_stay_together() -> None:
    known = {package.name for package in packages()}
    for related in RELATED:
        assert related <= known
        assert [len(group & related) for group in folds(CLIPS)].count(0) == FOLDS - 1


def test_folds_hold_about_as_many_clips_and_ignore_the_clips_order() -> None:
    groups = folds(CLIPS)
    sizes = [sum(name in group for name in CLIPS) for group in groups]
    assert max(sizes) - min(sizes) <= 7  # the largest package
    assert folds(CLIPS[::-1]) == groups
