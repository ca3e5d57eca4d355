"""Labels in other languages are compared by their English and keep their names."""

from foundsound.hearing.label_vectors import texts_of
from foundsound.hearing.labels import Label


def test_labels_and_synonyms() -> None:
    labels = [Label(name="Hundegebell", synonyms=["狗叫"]), Label(name="car horn")]
    assert texts_of(labels, []) == ["dog barking", "dog barking", "car horn"]
    assert texts_of(labels[1:], ["a {} far away"]) == ["a car horn far away"]
