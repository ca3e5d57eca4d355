import numpy as np

from foundsound.evaluation.vectors import SoundVectors, VectorTable
from foundsound.evaluation.zero_shot import zero_shot_outcome

AXES = np.eye(3, dtype=np.float32)


def test_each_sound_counts_once_where_it_belongs() -> None:
    # Dog, dog heard as a cat, cat, a sound of dog and bird heard as a bird, one of no class.
    heard = [0, 1, 1, 2, 0]
    own = [frozenset({0}), frozenset({0}), frozenset({1}), frozenset({0, 2}), frozenset[int]()]
    table = VectorTable.of([SoundVectors(AXES[at : at + 1], AXES[at]) for at in heard])
    found = zero_shot_outcome(["dog", "cat", "bird"], own, table, AXES)
    assert found.confusion == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    dog, cat, bird = found.classes
    assert (dog.sounds, dog.right, dog.taken_for, dog.taken) == (2, 1, "cat", 1)
    assert (cat.chosen, cat.precision, cat.recall) == (2, 0.5, 1.0)
    assert bird.taken_for is None
