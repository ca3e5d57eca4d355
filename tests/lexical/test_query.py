"""What typed words are looked for: as they are, and what they may stand for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Root, Sound, SoundState
from foundsound.lexical.query import LexicalQueries, LexicalQuery, Said, idf
from foundsound.lexical.refresh import refresh_words
from foundsound.lexical.tokens import stem_of, term_of
from foundsound.vectors.edge_lexical import EdgeLexicalIndex
from foundsound.vectors.lexical import LexicalIndex, matching_sounds

NAMES = [
    "Thunder crack.wav",
    "Thunderstorm over lake.wav",
    "Heavy rain.wav",
    "Light rain.wav",
    "firetruck siren.wav",
    "Fire crackling.wav",
    "AMB_Forest.wav",
    "Helicopter hovering.wav",
    "Metal door slam.wav",
    "Wood door.wav",
    "Whistle.wav",
    "Explosion big.wav",
    "switch on.wav",
    "switch off.wav",
    "take 7012345.wav",
]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    opened = Catalog(tmp_path)
    with opened.write() as session:
        session.add(Root(path=b"/x/SFX"))
        session.flush()
        for number, name in enumerate(NAMES):
            id_ = f"{number:032x}"
            session.add(Sound(id=id_, size=1, state=SoundState.INDEXED, duration_s=1.0))
            session.flush()
            session.add(
                Location(
                    root_id=1,
                    raw_path=name.encode(),
                    path=name,
                    size=1,
                    mtime_ns=number,
                    sound_id=id_,
                )
            )
    return opened


@pytest.fixture
def index(catalog: Catalog, tmp_path: Path) -> LexicalIndex:
    made = EdgeLexicalIndex(tmp_path / "words")
    assert refresh_words(catalog, made) == len(NAMES)
    return made


@pytest.fixture
def queries(catalog: Catalog, index: LexicalIndex) -> LexicalQueries:
    return LexicalQueries(catalog, index)


def asked(queries: LexicalQueries, *texts: str) -> LexicalQuery:
    made = queries.query([Said(text) for text in texts])
    assert made is not None
    return made


def weight(query: LexicalQuery, word: str) -> float:
    at = query.terms.ids == term_of(stem_of(word))
    return float(query.terms.weights[at].sum())


def found(queries: LexicalQueries, index: LexicalIndex, text: str) -> list[str]:
    hits = matching_sounds(index, asked(queries, text).terms, 3)
    return [NAMES[int(hit.sound_id, 16)].removesuffix(".wav") for hit in hits]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("rain", ["Heavy rain", "Light rain"]),
        ("raining heavily", ["Heavy rain", "Light rain"]),
        ("thund", ["Thunder crack", "Thunderstorm over lake"]),  # begun
        ("thundr", ["Thunder crack"]),  # mistyped
        ("helicoptre", ["Helicopter hovering"]),
        ("whisle", ["Whistle"]),
        ("explosi", ["Explosion big"]),  # begun, and longer than the stem
        ("fire truck", ["firetruck siren", "Fire crackling"]),  # written as one there
        ("metaldoor", ["Metal door slam", "Wood door"]),  # written as one here
        ("ambience", ["AMB_Forest"]),  # as the trade abbreviates it
        ("blub", []),
        ("rn", []),  # too short to be mended
    ],
)
def test_what_is_found_and_in_which_order(
    queries: LexicalQueries, index: LexicalIndex, typed: str, names: list[str]
) -> None:
    assert found(queries, index, typed) == names


def test_a_known_word_is_not_mended(queries: LexicalQueries) -> None:
    assert weight(asked(queries, "thunder"), "thunderstorm") == 0
    assert 0 < weight(asked(queries, "thund"), "thunderstorm") < 1


def test_a_word_that_is_said_of_sounds_is_hardly_mistyped(queries: LexicalQueries) -> None:
    """The library has none of these, and may have mistyped them itself."""
    for said, mistyped, meant in (("track", "crzck", "crack"), ("night", "lzght", "light")):
        query = asked(queries, mistyped)
        assert weight(asked(queries, said), meant) == pytest.approx(weight(query, meant) / 2)
        assert weight(query, meant) > 0
    assert len(asked(queries, "mooing").terms.ids) == 1  # too short to be mended


def test_no_mistyped_word_is_compared_with_numbers(
    queries: LexicalQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that numbers its files has as many as files: 16 ms a word for 300,000."""
    looked_at: set[str] = set()

    def recorded(word: str, choices: Sequence[str], **how: Any) -> list[Any]:
        looked_at.update(choices)
        return []

    monkeypatch.setattr("foundsound.lexical.vocabulary.process.extract", recorded)
    asked(queries, "thundxr")  # as long as the number and its neighbours
    assert looked_at
    assert not any(map(str.isdigit, looked_at))
    assert queries.knows("7012345")


def test_a_variant_never_counts_more_than_the_word_itself(
    queries: LexicalQueries, index: LexicalIndex
) -> None:
    query = asked(queries, "ambience")
    own = idf(1, len(NAMES))  # as rare as all that may stand for it
    assert weight(query, "amb") * idf(1, len(NAMES)) <= own


def test_the_ideal_is_the_score_of_a_name_that_says_it_all(
    queries: LexicalQueries, index: LexicalIndex
) -> None:
    query = asked(queries, "metal door slam")
    best, second = list(matching_sounds(index, query.terms, 5))
    assert best.score / query.ideal == pytest.approx(1.0, abs=0.1)
    assert second.score / query.ideal < 0.4
    unknown = asked(queries, "metal door slam glorp fnord")
    assert best.score / unknown.ideal < 0.6  # half of what was typed is not said of it


def test_weak_words_count_little_beside_others_and_fully_alone(
    queries: LexicalQueries, index: LexicalIndex
) -> None:
    assert found(queries, index, "switch on")[0] == "switch on"
    assert found(queries, index, "on") == ["switch on"]
    assert weight(asked(queries, "rain on"), "on") < 0.5 < weight(asked(queries, "on"), "on")


def test_a_name_that_has_only_weak_words_says_hardly_anything(
    queries: LexicalQueries, index: LexicalIndex
) -> None:
    for typed in ("rain on", "rain on a roof", "rain on and off, up and down"):
        query = asked(queries, typed)
        scores = {hit.sound_id: hit.score for hit in matching_sounds(index, query.terms, 20)}
        switch = NAMES.index("switch on.wav")
        assert 0 < scores[f"{switch:032x}"] / query.ideal < 0.1


def test_texts_have_weights_and_words_count_once(queries: LexicalQueries) -> None:
    query = queries.query([Said("rain", 0.5), Said("thunder", 2.0), Said("rain", 0.2)])
    assert query is not None
    assert weight(query, "thunder") == pytest.approx(4 * weight(query, "rain"))


@pytest.mark.parametrize("text", ["", "the of a", "... -- 7"])
def test_texts_without_words_are_no_query(queries: LexicalQueries, text: str) -> None:
    assert queries.query([Said(text)]) is None


def test_a_new_sound_becomes_known(
    catalog: Catalog, index: LexicalIndex, queries: LexicalQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(queries, index, "xylophon") == []
    with catalog.write() as session:
        session.add(Sound(id="f" * 32, size=1, state=SoundState.INDEXED, duration_s=1.0))
        session.flush()
        path = "Xylophone.wav"
        session.add(
            Location(
                root_id=1,
                raw_path=path.encode(),
                path=path,
                size=1,
                mtime_ns=1,
                sound_id="f" * 32,
            )
        )
    refresh_words(catalog, index)
    monkeypatch.setattr("foundsound.lexical.vocabulary.LOOK_AGAIN_S", 0.0)
    hits = list(matching_sounds(index, asked(queries, "xyloph").terms, 3))
    assert [hit.sound_id for hit in hits] == ["f" * 32]


@pytest.mark.parametrize("text", ["rain", "thunder rain", "a bell in the rain", "zyzzyva"])
def test_no_more_sounds_share_a_term_than_are_told(
    queries: LexicalQueries, index: LexicalIndex, text: str
) -> None:
    query = asked(queries, text)
    found = len(index.search(query.terms, 1000))
    assert found <= query.sharing
    if len(query.terms.ids) == 1:
        assert found == query.sharing
