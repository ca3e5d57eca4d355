from foundsound.metadata.merge import filled, from_filled, merged
from foundsound.metadata.sound_metadata import SoundMetadata


def test_a_table_wins_and_categories_come_from_one_source() -> None:
    own = SoundMetadata(category="DOORS", subcategory="WOOD", cat_id="DOORWood", keywords=("Door",))
    assert merged(own, SoundMetadata(category="Guns", keywords=("x", "door"))) == SoundMetadata(
        category="Guns", keywords=("x", "door")
    )
    assert merged(own, SoundMetadata(title="T")).cat_id == "DOORWood"


def test_what_is_filled_comes_back() -> None:
    full = SoundMetadata(title="T", keywords=("a", "b"), bpm=98.5, extra={"x": "y"}, note="n")
    assert from_filled(filled(full)) == full
    assert filled(SoundMetadata()) == {}
    assert from_filled({"title": "T", "no longer known": 1}) == SoundMetadata(title="T")
