import pytest

from foundsound.metadata.ucs import category_named, category_of, ucs_categories
from foundsound.metadata.ucs_name import UcsName, parse_ucs_name

WOOD = category_of("DOORWood")


def test_the_table_is_whole() -> None:
    categories = ucs_categories()
    assert len(categories) == len({item.cat_id.casefold() for item in categories}) == 752
    assert all(item.cat_id.startswith(item.short) for item in categories)
    assert all(item.category and item.subcategory and all(item.synonyms) for item in categories)


def test_a_category_is_found_by_id_or_by_names() -> None:
    assert WOOD is not None
    assert (WOOD.cat_id, WOOD.category, WOOD.subcategory) == ("DOORWood", "DOORS", "WOOD")
    assert "closet" in WOOD.synonyms
    assert category_of("doorWOOD ") == category_named("Doors", "wood") == WOOD
    assert category_of("DOORPlasma") is None
    assert category_of("") is category_named("", "") is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("DOORWood.wav", {}),
        ("doorwood_heavy.WAV", {"fx_name": "heavy"}),
        (
            "DOORWood-INT_OAK-Heavy slam_FSND_MyLib_take 3_mono.wav",
            {
                "user_category": "INT",
                "vendor_category": "OAK",
                "fx_name": "Heavy slam",
                "creator_id": "FSND",
                "source_id": "MyLib",
                "user_data": "take 3_mono",
            },
        ),
        ("DOORWood_Slam-by close_AB.wav", {"fx_name": "Slam-by close", "creator_id": "AB"}),
        ("DOORWood_AK-47 through door.wav", {"fx_name": "AK-47 through door"}),
        ("DOORWood_v1.2 slam", {"fx_name": "v1.2 slam"}),
        ("DOORWood__FSND_.wav", {"creator_id": "FSND"}),
    ],
)
def test_names_by_the_standard(name: str, parts: dict[str, str]) -> None:
    assert WOOD is not None
    if "." in name and not name.lower().endswith(".wav"):
        name += ".wav"
    assert parse_ucs_name(name) == UcsName(WOOD, **parts)


@pytest.mark.parametrize(
    "name",
    [
        "rain.ogg",
        "Test_3.wav",
        "slam.wav",
        "DOORS_wood.wav",
        "my DOORWood_x.wav",
        "_DOORWood.wav",
        ".wav",
        "",
        "-",
    ],
)
def test_other_names(name: str) -> None:
    assert parse_ucs_name(name) is None


def test_ids_that_are_words_count_in_capitals() -> None:
    rain = parse_ucs_name("RAIN_On a roof_FSND.wav")
    assert rain is not None
    assert (rain.category.subcategory, rain.fx_name) == ("GENERAL", "On a roof")
