import numpy as np
import pytest

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.hearing.enrolment import prototype

DIM = 32
NOTHING = np.zeros((0, DIM), np.float32)


def around(centre: Floats, spread: float, count: int, seed: int = 0) -> Floats:
    noise = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return unit_length(centre + spread * noise / np.sqrt(DIM))


CENTRE = unit_length(np.random.default_rng(9).standard_normal((1, DIM)).astype(np.float32))
BACKGROUND = around(np.zeros((1, DIM), np.float32), 1.0, 400, seed=1)


def test_alike_examples_find_their_kind_and_nothing_else() -> None:
    known = prototype(around(CENTRE, 0.3, 8), BACKGROUND, NOTHING)
    more = around(CENTRE, 0.3, 200, seed=5)
    assert (known.cosines(more) >= known.threshold).mean() > 0.98
    assert (known.cosines(BACKGROUND) >= known.threshold).mean() < 0.005
    assert known.false_reject == 0.0
    assert known.false_accept is not None
    assert known.false_accept < 0.01


def test_unlike_examples_say_that_they_are() -> None:
    known = prototype(around(CENTRE, 5.0, 8), BACKGROUND, NOTHING)
    assert known.false_reject is not None
    assert known.false_reject >= 0.5


def test_one_example_does_not_know_what_it_misses() -> None:
    known = prototype(around(CENTRE, 0.1, 1), BACKGROUND, NOTHING)
    assert known.false_reject is None
    assert known.false_accept == pytest.approx(0.0, abs=0.01)
    assert known.threshold < 1.0


def test_with_little_background_false_accepts_are_unknown() -> None:
    known = prototype(around(CENTRE, 0.3, 3), BACKGROUND[:20], NOTHING)
    assert known.false_accept is None
    assert known.false_reject is not None


def test_the_examples_own_windows_are_no_background() -> None:
    examples = around(CENTRE, 0.3, 4)
    plain = prototype(examples, BACKGROUND, NOTHING)
    others = around(CENTRE, 0.5, 40, seed=7)  # further windows of the sounds they come from
    library = np.concatenate([BACKGROUND, examples, others])
    assert prototype(examples, library, others).threshold == plain.threshold
    assert prototype(examples, library, NOTHING).threshold > plain.threshold
