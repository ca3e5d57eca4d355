from ui.listed import row, shortened, specification, why

HIT = {
    "sound_id": "a1",
    "path": "/srv/sfx/Weather/rain.wav",
    "score": 0.3,
    "strength": 5.25,
    "bar": 0.65,
    "start_s": 2.0,
    "end_s": 12.0,
    "duration_s": 20.0,
    "sample_rate": 44100,
    "channels": 2,
    "format": "WAV",
    "takes": ["b", "c"],
    "words": [{"word": "rain", "found": "rain", "field": "name"}],
    "heard": {"rank": 1, "contribution": 0.1},
}


def test_a_row_says_what_a_list_shows() -> None:
    made = row(HIT, {"category": "RAIN", "tags": ["wet"], "favourite": True}, ["/srv/sfx"])
    assert made["name"] == "rain.wav"
    assert made["folder"] == "sfx/Weather"
    assert (made["start"], made["end"], made["dur"]) == (2.0, 12.0, 20.0)
    assert (made["cat"], made["tags"], made["fav"]) == ("RAIN", ["wet"], True)
    assert (made["strength"], made["bar"], made["takes"]) == ("5.2", 0.65, 2)
    assert made["why"] == "name: rain"
    assert made["spec"] == "WAV 44.1k stereo"


def test_without_words_it_was_heard_and_filters_alone_say_nothing() -> None:
    assert why({**HIT, "words": []}) == "by ear"
    assert why({**HIT, "words": [], "heard": None}) == ""


def test_a_folder_outside_all_roots_is_shown_whole() -> None:
    assert shortened("/elsewhere/x", ["/srv/sfx"]) == "/elsewhere/x"
    assert shortened("/srv/sfxlong", ["/srv/sfx"]) == "/srv/sfxlong"
    assert shortened("/srv/sfx", ["/srv/sfx/"]) == "sfx"


def test_channels_have_names() -> None:
    assert specification({"format": "WAV", "sample_rate": 96000, "channels": 1}) == "WAV 96k mono"
    assert specification({"format": "CAF", "sample_rate": None, "channels": 6}) == "CAF 6 ch"
