"""What a score says, and where answers end."""

import numpy as np
import pytest

from foundsound.embedding.calibration import Background, Calibration
from foundsound.search import cutoff
from foundsound.search.cutoff import (
    ANSWER,
    FEW,
    GROWTH,
    MOST_GROWTH,
    STRANGE,
    is_strange,
    least_strength,
)
from foundsound.search.familiar import is_familiar
from foundsound.search.query.parts import ItemPart, Part, TextPart
from foundsound.search.strength import FULL, Scale, scale_of
from tests.search.conftest import Ask

DIM = 4
REFERENCES = np.eye(DIM, dtype=np.float32)[[0, 0, 1, 1]]
CALIBRATION = Calibration(Background(0.1, 0.05), Background(0.3, 0.2), REFERENCES)
X, Y, Z = np.eye(DIM, dtype=np.float32)[:3]
WORDS, SOUND = TextPart(text="rain"), ItemPart(sound_id="a")


def scale(parts: list[Part], vectors: list[np.ndarray], shares: list[float]) -> Scale:
    return scale_of(CALIBRATION, parts, np.stack(vectors), np.array(shares, np.float32))


def test_a_text_has_its_own_mean_and_the_spaces_deviation() -> None:
    of = scale([WORDS], [X], [1.0])
    assert of.mean == pytest.approx(0.5)
    assert of.deviation == pytest.approx(0.05)
    assert of.strength(0.7) == pytest.approx(4.0)
    assert scale([WORDS], [Z], [1.0]).mean == pytest.approx(0.0)


def test_a_sound_is_read_by_the_deviation_of_sounds() -> None:
    assert scale([SOUND], [Z], [1.0]).deviation == pytest.approx(0.2)


def test_a_query_of_both_has_both_deviations_by_their_shares() -> None:
    half = 0.5**0.5
    of = scale([WORDS, SOUND], [X, Y], [half, half])
    assert of.mean == pytest.approx(half)
    assert of.deviation == pytest.approx(np.hypot(half * 0.05, half * 0.2))


def test_the_bar_fills_at_full_strength_or_at_a_perfect_match() -> None:
    of_text = scale([WORDS], [Z], [1.0])
    assert [of_text.bar(x) for x in (-1.0, 0.0, FULL / 2, FULL, 99.0)] == [0, 0, 0.5, 1, 1]
    of_sound = scale([SOUND], [Z], [1.0])  # a perfect match has 5 deviations
    assert of_sound.bar(of_sound.strength(1.0)) == 1


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        ("heavy rain on a tin roof", True),
        ("Dogs barking!", True),
        ("helicopter", True),
        ("mooing and neighing", True),
        ("asdfgh qwerty", False),
        ("philosophy of Kant", False),
        ("", False),
        ("???", False),
    ],
)
def test_words_that_are_said_of_sounds(text: str, familiar: bool) -> None:
    assert is_familiar(text) is familiar


def test_a_query_is_answered_by_what_stands_out() -> None:
    of = scale([WORDS], [Z], [1.0])
    assert least_strength(of, [WORDS], ANSWER - 0.1) == float("inf")
    assert least_strength(of, [WORDS], 4.0) == pytest.approx(1.4)
    assert least_strength(of, [WORDS], 10.0) == pytest.approx(3.5)  # relative to the best
    strange = [TextPart(text="zxcvbnm")]
    assert least_strength(of, strange, ANSWER + STRANGE - 0.1) == float("inf")
    assert least_strength(of, strange, ANSWER + STRANGE) < ANSWER
    # Beside a sound, strange words are only part of what was asked.
    assert least_strength(of, [*strange, SOUND], 4.0) < float("inf")
    assert is_strange(strange)
    assert not is_strange([*strange, SOUND])
    assert not is_strange([*strange, WORDS])
    assert is_strange([*strange, TextPart(text="rain", negative=True)])


def test_a_strange_text_must_be_stronger_however_little_a_space_can_reach() -> None:
    low = Scale(mean=0.0, deviation=0.1)  # a third of a perfect match: 3.3 deviations
    assert least_strength(low, [TextPart(text="zxcvbnm")], 4.0) == float("inf")
    assert least_strength(low, [WORDS], 4.0) < float("inf")


def test_the_best_of_all_must_be_stronger_than_the_best_of_some(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutoff, "FEW", 1)
    monkeypatch.setattr(cutoff, "GROWTH", 100.0)
    monkeypatch.setattr(cutoff, "MOST_GROWTH", 100.0)
    everything = ask(text="rain", mode="dense")
    assert not everything.answered
    best = everything.hits[0].sound_id
    assert ask(text="rain", mode="dense", within=[best]).answered
    assert not ask(text="rain dur:>0", mode="dense").answered
    assert not ask(text="zxcvbnm", mode="dense", within=[best]).answered


def test_a_word_of_a_strange_text_is_no_answer(ask: Ask) -> None:
    assert ask(text="bicycle").answered
    assert ask(text="zxcvb bicycle").answered  # half of it
    assert not ask(text="zxcvb qwrtp lkjhg mnbvc yuiop bicycle").answered
    assert ask(text="zxcvb qwrtp lkjhg mnbvc yuiop bicycle", mode="lexical").answered


def test_the_best_of_many_must_be_stronger() -> None:
    of = scale([WORDS], [Z], [1.0])

    def least_best(sounds: int) -> float:
        """The weakest best hit that is an answer."""
        strengths = np.arange(0.0, 9.0, 0.01)
        answered = [best for best in strengths if least_strength(of, [WORDS], best, sounds) < 9]
        return float(min(answered))

    assert least_best(1) == least_best(FEW) == pytest.approx(ANSWER, abs=0.01)
    assert least_best(10 * FEW) == pytest.approx(ANSWER + GROWTH * np.log(10), abs=0.02)
    assert least_best(10**6) == pytest.approx(ANSWER + MOST_GROWTH, abs=0.02)


def test_a_query_by_sound_need_not_be_stronger_than_it_can() -> None:
    of = scale([SOUND], [Z], [1.0])
    assert of.reach == pytest.approx(5.0)
    assert least_strength(of, [SOUND], 1.8) == pytest.approx(1.25)
    assert least_strength(of, [SOUND], 1.6) == float("inf")
