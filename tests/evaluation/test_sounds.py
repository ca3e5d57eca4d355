from pathlib import Path

import pytest

from foundsound.evaluation.dataset import Dataset
from foundsound.evaluation.sounds import gather_sounds, label_sounds


def test_equal_contents_are_one_sound(tmp_path: Path) -> None:
    a, copy, b, far, gone = (tmp_path / name for name in ("a", "copy", "b", "far", "gone"))
    for path, content in ((a, "1"), (copy, "1"), (b, "2"), (far, "3")):
        path.write_text(content)
    dataset = Dataset("csv", tmp_path, {"x": [a], "y": [gone], "z": [copy, b]})
    ticks: list[None] = []
    sounds, problems = gather_sounds(
        dataset, [far, tmp_path / ".." / tmp_path.name / "b"], 1000, lambda: ticks.append(None)
    )
    assert len(ticks) == 5
    assert [sound.id for sound in sounds] == sorted(sound.id for sound in sounds)
    assert {sound.paths: sound.queries for sound in sounds} == {
        (a, copy): {0, 2},
        (b,): {2},
        (far,): set(),
    }
    assert list(problems) == [gone]

    labels = label_sounds(sounds)  # "y" has no sound: the others move up
    assert labels.queries == [0, 2]
    place = {sound.paths: number for number, sound in enumerate(sounds)}
    assert labels.right == [{place[a, copy]}, {place[a, copy], place[(b,)]}]
    assert [labels.own[place[key]] for key in ((a, copy), (b,), (far,))] == [{0, 1}, {1}, set()]


@pytest.mark.parametrize("limit", [1, 3])
def test_files_over_the_limit_are_problems(limit: int, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("12")
    sounds, problems = gather_sounds(
        Dataset("csv", tmp_path, {"x": [path]}), [], limit, lambda: None
    )
    assert (len(sounds), len(problems)) == ((0, 1) if limit == 1 else (1, 0))
