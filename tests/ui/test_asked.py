from ui.asked import Asked


def test_filters_of_the_text_are_found_quoted_ones_whole() -> None:
    asked = Asked('rain -thunder cat:"DOORS/*" -fmt:mp3 dur:2..10 tag:wet,"client x" note:this')
    assert asked.filters == ['cat:"DOORS/*"', "-fmt:mp3", "dur:2..10", 'tag:wet,"client x"']


def test_a_facet_takes_the_place_of_its_kind() -> None:
    asked = Asked("rain fmt:wav dur:<5").toggled("fmt:flac")
    assert asked.text == "rain dur:<5 fmt:flac"


def test_a_tag_narrows_what_other_tags_have_left() -> None:
    asked = Asked('rain tag:"wet" fmt:wav').toggled('tag:"loud"')
    assert asked.text == 'rain tag:"wet" fmt:wav tag:"loud"'
    assert asked.toggled('tag:"wet"').text == 'rain fmt:wav tag:"loud"'


def test_what_is_narrowed_down_keeps_to_what_was_counted() -> None:
    asked = Asked("rain").toggled("fmt:flac", 1.75)
    assert asked.parameters == {"q": "rain fmt:flac", "least": "1.75"}
    assert asked.body()["least"] == 1.75
    further = asked.toggled('tag:"wet"', 1.75)
    assert further.least == 1.75
    assert further.toggled("fmt:flac", 1.75).least is None  # widened: judged anew
    assert further.without("fmt:flac").least is None
    assert asked.liking("a").least is None
    assert Asked("fmt:wav").toggled("fmt:flac").parameters == {"q": "fmt:flac"}


def test_a_facet_that_is_there_goes_when_it_is_clicked_again() -> None:
    asked = Asked("rain").toggled("dur:>=1 dur:<5")
    assert asked.text == "rain dur:>=1 dur:<5"
    assert asked.has("dur:>=1 dur:<5")
    assert asked.toggled("dur:>=1 dur:<5").text == "rain"


def test_one_filter_is_taken_out() -> None:
    assert Asked("rain fmt:wav dur:<5").without("fmt:wav").text == "rain dur:<5"


def test_a_sound_is_wanted_or_unwanted_not_both() -> None:
    asked = Asked().liking("a").unliking("b").unliking("a")
    assert (asked.like, asked.unlike) == ((), ("b", "a"))
    assert asked.liking("b").like == ("b",)


def test_the_request_says_what_the_address_says() -> None:
    asked = Asked("rain", like=("a",), unlike=("b",), sort="-added", mode="dense", fold=False)
    assert asked.parameters == {
        "q": "rain", "like": ["a"], "unlike": ["b"], "sort": "-added", "mode": "dense", "fold": "0",
    }  # fmt: skip
    body = asked.body(facets=())
    assert body["parts"] == [
        {"type": "item", "sound_id": "a"},
        {"type": "item", "sound_id": "b", "negative": True},
    ]
    assert (body["text"], body["sort"], body["mode"], body["fold"]) == (
        "rain", "-added", "dense", False,
    )  # fmt: skip


def test_what_is_as_usual_is_not_in_the_address() -> None:
    assert Asked("rain").parameters == {"q": "rain"}
    assert Asked().empty
    assert not Asked(like=("a",)).empty


def test_how_sounds_and_words_are_blended_is_asked_and_kept_in_the_address() -> None:
    asked = Asked("metallic dur:<5", like=("a", "b"), weight=2.0, between=True, variety=0.3)
    assert asked.words == "metallic"
    assert asked.parameters == {
        "q": "metallic dur:<5", "like": ["a", "b"], "weight": "2", "between": "1", "variety": "0.3",
    }  # fmt: skip
    body = asked.body(facets=())
    assert (body["text_weight"], body["combine"], body["diversity"]) == (2.0, "each", 0.3)
