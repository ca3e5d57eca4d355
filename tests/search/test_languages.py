"""Searches in other languages find what their English finds, and say what was searched."""

import pytest

from tests.search.conftest import Ask, names

PAIRS = [
    ("Kirchenglocken", "de", "BELLChrch"),
    ("sirena de policía", "es", "siren"),
    ("hélicoptère", "fr", "AEROHeli"),
    ("motosega", "it", "chainsaw"),
    ("教会の鐘", "ja", "BELLChrch"),
    ("雷声", "zh", "thunder"),
    ("дождь", "ru", "rain"),
    ("헬리콥터", "ko", "AEROHeli"),
]


@pytest.mark.parametrize(("typed", "language", "start"), PAIRS)
def test_they_find_what_they_name(ask: Ask, typed: str, language: str, start: str) -> None:
    result = ask(text=typed, limit=3)
    assert any(name.lower().startswith(start.lower()) for name in names(result))
    (said,) = result.searched_as
    assert (said.part, said.typed, said.language) == (0, typed, language)
    assert result.parts[0].model_dump()["text"] == typed
    assert names(ask(text=said.english, limit=3)) == names(result)


def test_english_is_not_touched(ask: Ask) -> None:
    assert ask(text="church bells, no rain", limit=3).searched_as == []


def test_each_text_by_itself(ask: Ask) -> None:
    result = ask(text="Regen -Donner", parts=[{"type": "text", "text": "water"}])
    assert [(each.part, each.english) for each in result.searched_as] == [
        (0, "rain"),
        (1, "thunder"),
    ]
