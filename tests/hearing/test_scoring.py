"""Label scores on vectors whose every cosine is known beforehand."""

import numpy as np
import pytest

from foundsound.embedding.calibration import Background, Calibration
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.hearing.enrolment import Prototype
from foundsound.hearing.label_vectors import STANDS_OUT, enrolled_labels, joined, text_labels
from foundsound.hearing.labels import Label
from foundsound.hearing.scoring import NONE_OF_THESE, LabelScorer, Span

DIM = 8
AXES = np.eye(DIM, dtype=np.float32)
CALIBRATION = Calibration(Background(0.0, 0.1), Background(0.6, 0.1), AXES[6:])
SPANS = [Span(0.0, 10.0), Span(5.0, 15.0)]
DOG, CAR = Label(name="dog", synonyms=["hound"]), Label(name="car")


def scorer(none: bool = False, scale: float = 10.0) -> LabelScorer:
    vectors = np.stack([AXES[0], AXES[1], AXES[2]])  # dog, hound, car
    labels = text_labels([DOG, CAR], vectors, CALIBRATION)
    return LabelScorer(labels, scale, CALIBRATION, none_of_these=none)


def window(*parts: tuple[int, float]) -> Floats:
    """A unit vector with these cosines with the axes; what is left lies on an axis of its own."""
    found = np.zeros(DIM, np.float32)
    for axis, cosine in parts:
        found[axis] = cosine
    found[5] = np.sqrt(1 - (found**2).sum())
    return found


def test_scores_are_a_softmax_with_the_logit_scale() -> None:
    windows = np.stack([window((0, 0.5), (2, 0.3))])
    dog, car = scorer(scale=10.0).scores(windows, SPANS[:1])
    assert (dog.label, car.label) == ("dog", "car")
    assert dog.cosine == pytest.approx(0.5)
    assert car.cosine == pytest.approx(0.3)
    assert dog.score == pytest.approx(1 / (1 + np.exp(-10 * 0.2)), abs=1e-5)
    assert dog.score + car.score == pytest.approx(1.0, abs=1e-6)


def test_a_label_has_its_best_window_and_its_best_synonym() -> None:
    windows = np.stack([window((2, 0.6)), window((1, 0.7))])
    dog, car = scorer().scores(windows, SPANS)
    assert (dog.label, dog.start_s, dog.end_s) == ("dog", 5.0, 15.0)  # as "hound"
    assert (car.label, car.start_s, car.end_s) == ("car", 0.0, 10.0)


def test_templates_are_averaged() -> None:
    vectors = np.stack([AXES[0], AXES[1], AXES[2], AXES[3]])  # two templates each
    labels = text_labels([Label(name="a"), Label(name="b")], vectors, CALIBRATION)
    np.testing.assert_allclose(labels.phrases[0], unit_length(AXES[0] + AXES[1]))


def test_a_label_has_its_own_background() -> None:
    suits_all = unit_length(AXES[0] + AXES[6] + AXES[7])
    vectors = np.stack([suits_all, AXES[1]])
    labels = text_labels([CAR, Label(name="dog")], vectors, CALIBRATION)
    assert labels.mean[0] > 0.5
    assert labels.mean[1] == pytest.approx(0.0)


@pytest.mark.parametrize(("cosine", "winner"), [(0.26, "dog"), (0.24, NONE_OF_THESE)])
def test_none_wins_when_the_best_label_does_not_stand_out(cosine: float, winner: str) -> None:
    assert STANDS_OUT * CALIBRATION.text.deviation == pytest.approx(0.25)
    scores = scorer(none=True).scores(np.stack([window((0, cosine))]), SPANS[:1])
    assert scores[0].label == winner
    assert sum(score.score for score in scores) == pytest.approx(1.0, abs=1e-6)
    assert [score.heard for score in scores if score.label == "dog"] == [winner == "dog"]


def test_an_enrolled_sound_at_its_threshold_weighs_as_a_text_that_stands_out() -> None:
    known = Prototype(AXES[3], 3, 0.9, 0.7, 0.05, 0.0, 0.0)
    text = text_labels([CAR], AXES[2:3], CALIBRATION)
    labels = joined([text, enrolled_labels([("our door", known)])])
    scores = LabelScorer(labels, 10.0, CALIBRATION).scores(
        np.stack([window((2, 0.25)), window((3, 0.9))]), SPANS
    )
    assert [score.score for score in scores] == [pytest.approx(0.5, abs=1e-4)] * 2
    door = next(score for score in scores if score.label == "our door")
    assert door.strength == pytest.approx(4.0, abs=1e-4)  # by its own background
    assert door.heard
