"""How names, sentences and odd texts become words."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from foundsound.lexical.tokens import stem_of, term_of, tokens


def said(text: str) -> list[str]:
    return [token.said for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Heavy oak slam", ["Heavy", "oak", "slam"]),
        ("DOORWood_Heavy-oak.slam", ["DOOR", "Wood", "Heavy", "oak", "slam"]),
        ("FootStepGravel", ["Foot", "Step", "Gravel"]),
        ("YouTube", ["You", "Tube", "YouTube"][1:]),  # "you" says nothing
        ("RAINMetal", ["RAIN", "Metal"]),
        ("rain_02 rain03 take 4 001", ["rain", "rain"]),
        ("Boeing 747, 1969", ["Boeing", "747", "1969"]),
        ("AK-47 ak47", ["AK", "AK47", "ak", "ak47"]),
        ("V8 engine 9mm", ["V8", "engine", "mm", "9mm"]),
        ("the sound of a dog's bark", ["dog", "bark"]),
        ("switch on/off", ["switch", "on", "off"]),
        ("Crème brûlée, Straße, Ærø", ["Creme", "brulee", "Strasse", "Aero"]),
        ("雨_屋根", ["雨", "屋根"]),
        ("Дождь 96kHz", ["Дождь"]),
        ("", []),
        ("___ --- . 7", []),
        ("x" * 500, []),
    ],
)
def test_texts_are_cut_into_words(text: str, words: list[str]) -> None:
    assert said(text) == words


def test_forms_of_a_word_share_a_stem() -> None:
    for forms in (
        ("slam", "slams", "slammed", "slamming"),
        ("footstep", "Footsteps"),
        ("café", "CAFE", "cafes"),
        ("дождь", "ДОЖДЬ"),
    ):
        assert len({token.stem for form in forms for token in tokens(form)}) == 1


def test_a_decomposed_accent_makes_no_other_word() -> None:
    assert tokens("café") == tokens("cafe\u0301")


def test_terms_are_the_same_for_ever() -> None:
    assert term_of("rain") == 2672430404
    assert 0 <= term_of("") < 2**32


def test_threads_may_stem_at_once() -> None:
    words = [f"{word}{ending}" for word in ("bark", "rain", "slam") for ending in ("s", "ing", "")]
    expected = [stem_of.__wrapped__(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: [stem_of.__wrapped__(w) for w in words], range(200)):
            assert found == expected
