"""File names become words; sentences stay as they are."""

import pytest

from foundsound.embedding.clap.text_cleaning import clean_text, phrasings


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DOORWood_Heavy oak slam_FSND_01", "door wood Heavy oak slam"),
        ("DOORWood_Heavy oak slam_FSND_01.wav", "door wood Heavy oak slam"),
        ("AEROHeli_Helicopter hovering_FSND_LIB_03.WAV", "aero heli Helicopter hovering"),
        ("FEETMisc_Gravel walk_ABC", "feet misc Gravel walk"),
        ("WINDGust", "wind gust"),
        ("rain_on_tin_roof.wav", "rain on tin roof"),
        ("rain_on_tin_roof_02.wav", "rain on tin roof"),
        ("glass_break_take_3", "glass break"),
        ("glass_break_Take03", "glass break"),
        ("HeavyDoorSlam", "Heavy Door Slam"),
        ("HeavyDoorSlam07.aiff", "Heavy Door Slam"),
        ("heavyDoor-slam_v2", "heavy Door slam"),
        ("dog bark close.mp3", "dog bark close"),
        ("Boeing_747_start", "Boeing 747 start"),
        ("TR_808.wav", "TR 808"),
        ("car_door_007", "car door"),
        ("  rain_light  ", "rain light"),
        ("OCEAN_waves_on_beach_stereo.flac", "OCEAN waves on beach stereo"),
    ],
)
def test_names_become_words(name: str, words: str) -> None:
    assert clean_text(name) == words


@pytest.mark.parametrize(
    "sentence",
    [
        "gravel footsteps, slow",
        "a dog barking in the distance",
        "An iPhone ringing next to a YouTube video",
        "McDonald's drive-through at 5 p.m.",
        "AK47 burst",
        "AK47",
        "YouTube",
        "iPhone",
        "a 1960s V8 engine idling",
        "rain  on   a roof",
        " leading and trailing space ",
        "Ärger im Treppenhaus",
        "дверь",
        "🔊",
        "whoosh",
        "UI",
        "a file named wav",
        "walking in the rain.",
        "",
    ],
)
def test_sentences_stay_as_they_are(sentence: str) -> None:
    assert clean_text(sentence) == sentence


@pytest.mark.parametrize("text", ["_", "___", "_01_", "01_02", ".wav", "_.wav"])
def test_a_name_without_words_is_not_emptied(text: str) -> None:
    assert clean_text(text) != ""


def test_cleaning_twice_changes_nothing_more() -> None:
    once = clean_text("DOORWood_Heavy oak slam_FSND_01.wav")
    assert clean_text(once) == once


def test_the_ensemble_keeps_the_text_itself() -> None:
    assert phrasings("rain", ensemble=False) == ("rain",)
    several = phrasings("rain", ensemble=True)
    assert several[0] == "rain"
    assert len(several) > 1
    assert all("rain" in phrase for phrase in several)


def test_braces_in_a_text_are_text() -> None:
    assert phrasings("{0} {rain}", ensemble=True)[0] == "{0} {rain}"
