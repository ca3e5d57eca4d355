"""Queries in other languages become English words that sounds are filed by; English ones stay."""

import pytest

from demo.library import descriptions
from foundsound.glossary.translate import translation
from foundsound.metadata.ucs import ucs_categories

KNOWN = {
    "空调制冷声": ("zh", "air conditioner cooling"),
    "电话铃声": ("zh", "telephone ringing"),
    "脚步声在雪地上": ("zh", "footsteps snow"),
    "雨の音": ("ja", "rain"),
    "犬が吠える声": ("ja", "dog barking"),
    "教会の鐘": ("ja", "church bells"),
    "개 짖는 소리": ("ko", "dog barking"),
    "빗소리가 들리는": ("ko", "rain"),
    "лай собаки": ("ru", "dog barking"),
    "шум дождя": ("ru", "rain"),
    "Hundegebell": ("de", "dog barking"),
    "Türklingel": ("de", "door bell"),
    "starker Regen auf dem Dach": ("de", "heavy rain roof"),
    "Gewitterregen": ("de", "thunderstorm rain"),
    "Polizeisirene in der Ferne": ("de", "police siren distant"),
    "Wasserkocher": ("de", "kettle boiling"),
    "Säge": ("de", "saw"),
    "téléphone": ("fr", "telephone ringing"),
    "bouilloire": ("fr", "kettle boiling"),
    "grifo": ("es", "running tap water"),
    "水壶": ("zh", "kettle boiling"),
    "やかん": ("ja", "kettle boiling"),
    "HUNDEGEBELL": ("de", "dog barking"),
    "chien qui aboie": ("fr", "dog barking"),
    "vagues": ("fr", "ocean waves"),
    "lluvia fuerte": ("es", "heavy rain"),
    "sirena de policía": ("es", "police siren"),
    "cane che abbaia": ("it", "dog barking"),
    "cachorro latindo": ("pt", "dog barking"),
    "chuva forte": ("pt", "heavy rain"),
    "hond blaft": ("nl", "dog barking"),
    "regen op het dak": ("nl", "rain roof"),
    "pies szczeka": ("pl", "dog barking"),
}
ENGLISH = [
    *("heavy rain on a roof", "quantum tax form", "distant rumble", "carpet footsteps", "mare"),
    *("pan", "café ambience", "jalapeño sizzling", "asdfgh", "pizza oven", "slim chimney", ""),
    *("DOORWood_Heavy oak slam_FSND_01.wav", "sad tabla", "Berlin U-Bahn", "a cat purring softly"),
    *(
        "Eierkocher",
        "never",
        "toast",
        "orange",
        "kit",
        "vague hum",
        "12 34",
        "…!?",
        "sterile lab",
        "Ωμέγα",
    ),
]


@pytest.mark.parametrize("typed", KNOWN)
def test_other_languages(typed: str) -> None:
    found = translation(typed)
    assert found is not None
    assert (found.language, found.english) == KNOWN[typed]


@pytest.mark.parametrize("typed", ENGLISH)
def test_what_is_english_or_unknown_stays(typed: str) -> None:
    assert translation(typed) is None


def test_no_word_of_the_trade_is_foreign() -> None:
    texts = {word for each in ucs_categories() for word in each.synonyms}
    texts |= {f"{each.category} {each.subcategory}" for each in ucs_categories()}
    assert len(texts) > 7000
    assert [text for text in sorted(texts) if translation(text) is not None] == []


def test_no_description_of_the_demo_is_foreign() -> None:
    texts = list(descriptions())
    assert len(texts) > 100
    assert [text for text in texts if translation(text) is not None] == []


def test_long_and_hostile_texts() -> None:
    for typed in ("ß" * 1000, "hund" * 250, "雨" * 1000, "\u0301" * 500, "개" * 999, "й" * 999):
        translation(typed)
