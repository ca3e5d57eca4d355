"""How much a word counts, by where it stands and how often."""

import numpy as np
import pytest

from foundsound.catalog.texts import SoundTexts
from foundsound.lexical.document import K1, document, saturated
from foundsound.lexical.fields import Field, FieldText, field_texts
from foundsound.lexical.tokens import stem_of, term_of
from foundsound.metadata.sound_metadata import SoundMetadata


def weight(texts: SoundTexts, word: str) -> float:
    """What the word weighs in the sound's document; 0 when it is not there."""
    made = document(texts)
    at = np.flatnonzero(made.terms.ids == term_of(stem_of(word)))
    return float(made.terms.weights[at[0]]) if len(at) else 0.0


def in_field(**fields: object) -> SoundTexts:
    return SoundTexts(("SFX/x.wav",), SoundMetadata(**fields))  # type: ignore[arg-type]


def test_names_count_more_than_folders_and_those_more_than_makers() -> None:
    rising = [
        in_field(originator="Rain"),
        SoundTexts(("SFX/Rain/x.wav",)),
        in_field(keywords=("Rain",)),
        in_field(description="Rain"),
        SoundTexts(("SFX/Rain.wav",)),
    ]
    weights = [weight(texts, "rain") for texts in rising]
    assert weights == sorted(weights)
    assert 0 < weights[0] < weights[-1] < K1 + 1


def test_what_people_say_counts_like_a_description() -> None:
    assert weight(SoundTexts(("SFX/x.wav",), None, (), "nice rain"), "rain") > 1
    assert weight(SoundTexts(("SFX/x.wav",), None, ("rain",)), "rain") > 1


def test_a_word_among_many_counts_less_and_twice_not_twice_as_much() -> None:
    short, long = "SFX/rain.wav", "SFX/rain on the tin roof of an old barn by the river.wav"
    assert weight(SoundTexts((short,)), "rain") > weight(SoundTexts((long,)), "rain")
    once, twice = in_field(description="rain wind"), in_field(description="rain rain")
    assert weight(once, "rain") < weight(twice, "rain") < 2 * weight(once, "rain")
    assert saturated(1e9) == pytest.approx(K1 + 1)


def test_fields_add_up() -> None:
    both = SoundTexts(("SFX/rain.wav",), SoundMetadata(description="rain"))
    assert weight(both, "rain") > weight(SoundTexts(("SFX/rain.wav",)), "rain")


def test_a_ucs_name_says_its_category_in_words() -> None:
    texts = SoundTexts(("SFX/DOORWood_Heavy oak slam_FSND_01.wav",))
    pieces = field_texts(texts)
    assert FieldText(Field.NAME, "Heavy oak slam") in pieces
    assert FieldText(Field.CATEGORY, "DOORS WOOD") in pieces
    assert FieldText(Field.ORIGIN, "FSND") in pieces
    assert weight(texts, "slam") > weight(texts, "doors") > weight(texts, "closet") > 0
    assert weight(texts, "fsnd") > 0


def test_a_category_in_the_metadata_counts_like_one_in_the_name() -> None:
    told = SoundTexts(("SFX/x.wav",), SoundMetadata(cat_id="DOORWood", category="DOORS"))
    assert weight(told, "door") > 1
    free = in_field(category="Spaceships", subcategory="Interior")
    assert weight(free, "spaceship") > 1


def test_copies_say_a_thing_once() -> None:
    one = SoundTexts(("SFX/Rain/rain.wav",))
    two = SoundTexts(("SFX/Rain/rain.wav", "Backup/Rain/rain.wav"))
    assert weight(two, "rain") == pytest.approx(weight(one, "rain"), rel=0.02)
    assert weight(two, "backup") > 0


def test_a_sound_that_nothing_is_said_of_has_one_term_that_no_word_has() -> None:
    made = document(SoundTexts(("SFX/001.wav",)))
    assert made.terms.ids.tolist() == [term_of("")]


def test_terms_are_unique_ascending_and_spelt_out() -> None:
    made = document(in_field(description="rain on a tin roof", title="Rain"))
    ids = made.terms.ids.tolist()
    assert ids == sorted(set(ids)) == sorted(made.stems)
    assert "rain" in made.stems.values()
