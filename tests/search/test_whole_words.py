"""What quoted words find, and what they do not, by both databases alike."""

import pytest
from sqlalchemy import literal, select

from foundsound.catalog.database import Catalog
from foundsound.search.query.whole_words import holds_words
from tests.databases import both_databases

HELD = [
    ("rain", "Weather/rain_heavy.wav"),
    ("RAIN", "HeavyRain02.wav"),
    ("rain", "03rain.wav"),
    ("rain", "summer rains"),
    ("dog", "DOGS barking"),
    ("door", "DOORWood_Oak slam.wav"),
    ("wood", "DOORWood_Oak slam.wav"),
    ("metal door", "metal_door.wav"),
    ("metal door", "Metal-Doors/x.wav"),
    ("übung", "eine Übung"),
    ("ÜBUNG", "übung_2.wav"),
    ("雨", "大雨の音.wav"),
    ("a.b", "x/a.b"),
    ("48", "at 48k"),
    ("*rain", "train.wav"),
    ("rain*", "rainforest.wav"),
    ("r?in", "ruin.wav"),
    ("100%", "at 100% level"),
    ("(close)", "dog (close).wav"),
    ("[a-z]", "take [a-z]"),
]
NOT_HELD = [
    ("rain", "train.wav"),
    ("rain", "BRAIN"),
    ("rain", "draining"),
    ("rain", "rainforest"),
    ("at", "Water/cat.wav"),
    ("metal door", "metal the door"),
    ("metal door", "metal_doorbell"),
    ("r?in", "ra/in"),
    ("a.b", "axb"),
    ("[a-z]", "take b"),
]


@both_databases
@pytest.mark.parametrize(
    ("words", "text", "held"),
    [(*each, True) for each in HELD] + [(*each, False) for each in NOT_HELD],
)
def test_words_are_whole(catalog: Catalog, words: str, text: str, held: bool) -> None:
    with catalog.read() as session:
        assert session.scalar(select(holds_words(literal(text), words))) == held
