"""What queries mean to the starter model, mostly by what it hears alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.library import build
from foundsound.catalog.identity import content_id
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from ingest.run import index_paths
from tests.search.meaning import FAR, Meaning, hashed_copies, named_copies

REPOSITORY = Path(__file__).parent.parent.parent
DOGS, CATS = "dogs_barking", "cat_meow"


@pytest.fixture(scope="module")
def meaning(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Meaning]:
    demo = REPOSITORY / "demo-library"
    assert build(demo, REPOSITORY / ".demo" / "wheels", lambda _: None).missing == []
    folder = tmp_path_factory.mktemp("meaning")
    real = hashed_copies(demo, folder / "sounds")
    assert len(real) > 80
    with _indexed(folder, real, cache_dir) as found:
        yield found


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Meaning]:
    """Few sounds, which words find too."""
    folder = tmp_path_factory.mktemp("named")
    real = named_copies(REPOSITORY / "demo-library", folder / "sounds")
    assert len(real) == 2 * len(FAR)
    with _indexed(folder, real, cache_dir) as found:
        yield found


@contextmanager
def _indexed(folder: Path, real: dict[Path, str], cache_dir: Path) -> Iterator[Meaning]:
    settings = Settings(data_dir=folder / "library", cache_dir=cache_dir, model="starter")
    with Library(settings) as library:
        progress = IndexProgress()
        index_paths(library, [folder / "sounds"], progress, lambda _: None, threading.Event())
        assert progress.embedded == len(real)
        searcher = Searcher(library)
        yield Meaning(
            ask=lambda **fields: searcher.search(Query.model_validate(fields)),
            ids={name: content_id(bytes(path), 2**30) for path, name in real.items()},
        )


def found(names: list[str], start: str) -> bool:
    return any(name.startswith(start) for name in names)


@pytest.mark.parametrize(
    ("wanted", "unwanted", "falls", "stays"),
    [
        ("rain", "thunder", ["thunder_close", "thunder_dist", "thunderstorm"], "rain_heavy"),
        ("alarm", "siren", ["air_raid", "siren_yelp"], "smoke_detector"),
        ("siren", "ambulance", ["ambulance"], "air_raid"),
        ("birds", "crow cawing", ["crow_"], "songbird"),
        ("birds", "ducks quacking", ["ducks"], "songbird"),
        ("birds singing", "crickets", ["crickets"], "dawn_chorus"),
        ("birds", "rooster", ["rooster"], "dawn_chorus"),
        ("bell", "church bell", ["BELLChrch"], "bicycle"),
        ("bell", "bicycle bell", ["bicycle"], "BELLChrch"),
        ("bell", "doorbell", ["BELLDoor"], "handbell"),
        ("water", "ocean waves", ["OCEAN"], "stream"),
        ("water", "waterfall", ["WATRFall"], "basin"),
        ("water", "rain", ["rain_"], "stream"),
        ("telephone", "ringing", ["rotary", "mobile"], "busy"),
        ("telephone", "busy signal", ["busy"], "rotary"),
        ("music", "guitar", ["guitar"], "violin"),
        ("engine", "helicopter", ["AEROHeli"], "car_accel"),
        ("engine", "motorcycle", ["motorcycle"], "car_accel"),
        ("animal", "dog barking", ["dogs"], "cow"),
        ("farm animals", "rooster crowing", ["rooster"], "cow_"),
        ("farm animals", "cow", ["cow_"], "rooster"),
        ("gun", "machine gun", ["machine_gun"], "pistol"),
        ("explosion", "fireworks", ["fireworks"], "boom"),
        ("saw", "chainsaw", ["chainsaw"], "hand_saw"),
        ("insects", "fly buzzing", ["housefly"], "crickets"),
        ("horn", "car horn", ["horn_double"], "ship_"),
    ],
)
def test_what_is_unwanted_falls_out_of_the_first_ten(
    meaning: Meaning, wanted: str, unwanted: str, falls: list[str], stays: str
) -> None:
    before = meaning.top(text=wanted)
    assert [start for start in falls if found(before, start)] == falls, before
    after = [name.removeprefix("far ") for name in meaning.top(text=f"{wanted}, no {unwanted}")]
    assert not any(found(after, start) for start in falls), after
    assert found(after, stays), after


def test_a_storm_has_its_thunder_in_another_window(meaning: Meaning) -> None:
    """75 s of storm: its best window for "rain" has no thunder in it."""
    hits = meaning.ask(text="rain -thunder", show_weak=True, limit=200, fold=False).hits
    (storm,) = [hit for hit in hits if hit.sound_id == meaning.id("thunderstorm_village")]
    assert storm.demoted_by == 1
    assert storm.weak
    assert not found(meaning.names(meaning.ask(text="rain -thunder").hits), "thunder")


FAR_EXAMPLES = {  # by text and what it is to find
    ("dog", DOGS): ("sheep_bleat", "pistol_three", "hammer_and", "spoken_phrase"),
    ("cat meowing", CATS): (DOGS, "sheep_bleat", "pistol_three", "knock_on", "hammer_and"),
    ("rooster crowing", "rooster_morning"): (DOGS, "sheep_bleat", "pistol_three", "spoken_phrase"),
    ("pistol shots", "pistol_three"): (DOGS, CATS, "rooster_morning", "sheep_bleat"),
    ("hammering a nail", "hammer_and_nail"): (DOGS, CATS, "rooster_morning", "spoken_phrase"),
    ("man speaking", "spoken_phrase"): (DOGS, CATS, "rooster_morning", "sheep_bleat"),
}


@pytest.mark.parametrize(
    ("text", "of", "example"),
    [(*asked, example) for asked, examples in FAR_EXAMPLES.items() for example in examples],
)
def test_a_far_example_brings_far_sounds_before_close_ones(
    meaning: Meaning, text: str, of: str, example: str
) -> None:
    _far_brings_far(meaning, text, of, example)


@pytest.mark.parametrize(
    ("text", "of", "example"),
    [(*asked, example) for asked, examples in FAR_EXAMPLES.items() for example in examples],
)
def test_it_does_so_where_both_are_named_alike(
    named: Meaning, text: str, of: str, example: str
) -> None:
    _far_brings_far(named, text, of, example)


def _far_brings_far(meaning: Meaning, text: str, of: str, example: str) -> None:
    def places(example: str) -> tuple[int, int]:
        top = meaning.top(text=text, parts=[meaning.item(example)], limit=200)
        far = next(at for at, name in enumerate(top) if name.startswith(f"far {of}"))
        return far, next(at for at, name in enumerate(top) if name.startswith(of))

    far, close = places(f"far {example}")
    assert far < close
    far, close = places(example)
    assert close < far


@pytest.mark.parametrize(
    ("item", "text", "leads_to"),
    [
        ("rain_heavy", "thunder", "thunderstorm"),
        ("BELLChrch", "bicycle", "bicycle"),
        ("cow_", "sheep", "sheep"),
        ("songbird", "crow", "crow"),
        ("gravel", "snow", "snow"),
        ("pistol", "machine gun", "machine_gun"),
        ("stream", "waterfall", "WATRFall"),
        ("dial_tone", "busy signal", "busy"),
        ("car_accel", "motorcycle", "motorcycle"),
        (DOGS, "cat", "cat_meow"),
        ("explosion_large", "fireworks", "fireworks"),
    ],
)
def test_a_sound_and_a_text_lead_to_a_third(
    meaning: Meaning, item: str, text: str, leads_to: str
) -> None:
    top = meaning.top(text=text, parts=[meaning.item(item)], limit=3)
    assert found(top, leads_to), top


def test_the_texts_weight_is_a_slider(meaning: Meaning) -> None:
    """From "like this rain" to "thunder": the more the text counts, the higher the thunder."""

    def place(weight: float) -> int:
        parts = [meaning.item("rain_heavy")]
        top = meaning.top(text="thunder", text_weight=weight, parts=parts, limit=200)
        return next(at for at, name in enumerate(top) if name.startswith("thunder_close"))

    places = [place(weight) for weight in (0.1, 0.5, 1.0, 3.0, 10.0)]
    assert places == sorted(places, reverse=True)
    assert places[0] > 5 > 2 > places[-1]


def test_between_two_sounds_is_what_resembles_both(meaning: Meaning) -> None:
    parts = [meaning.item("rain_light"), meaning.item("thunder_close")]
    assert found(meaning.top(parts=parts, combine="each", limit=1), "thunderstorm")
    one, other = (meaning.item(name) for name in (DOGS, f"far {CATS}"))
    blended = meaning.top(parts=[one, other], limit=1)
    between = meaning.top(parts=[one, other], combine="each", limit=10)
    assert blended[0].startswith((f"far {DOGS}", CATS))  # the twin of one
    assert found(between[:3], f"far {DOGS}") or found(between[:3], CATS)


@pytest.mark.parametrize("mode", ["hybrid", "dense"])
@pytest.mark.parametrize(
    "text", ["birds singing -crow", "wind -storm", "water -rain", "bird -duck"]
)
def test_a_filter_does_not_change_what_is_unwanted(meaning: Meaning, mode: str, text: str) -> None:
    def demoted(text: str) -> dict[str, int | None]:
        asked = {"text": text, "mode": mode, "limit": 1000, "show_weak": True, "fold": False}
        return {hit.sound_id: hit.demoted_by for hit in meaning.ask(**asked).hits}

    whole = demoted(text)
    for narrower in ("dur:1..5", "fmt:wav", "fmt:flac", "fmt:mp3", "ch:1", "ch:2"):
        found = demoted(f"{text} {narrower}")
        assert found
        assert found.items() <= whole.items(), narrower


@pytest.mark.parametrize("text", ["dog barking -cat", "dog barking, no cats"])
def test_what_is_called_so_and_sounds_far_more_so_stays(named: Meaning, text: str) -> None:
    """Of all sounds the dogs may be the most like "cats" too, at half the strength."""
    found_ones = named.names(named.ask(text=text, fold=False).hits)
    assert found(found_ones[:1], DOGS), found_ones
    assert not found(found_ones, CATS)


def test_what_hardly_counts_hardly_changes_what_is_between(meaning: Meaning) -> None:
    rain, bell = meaning.item("rain_heavy"), meaning.item("bicycle_bell")
    alone = meaning.top(parts=[rain], limit=3)

    def beside(weight: float) -> list[str]:
        return meaning.top(parts=[rain, {**bell, "weight": weight}], combine="each", limit=3)

    assert beside(0.01) == beside(0.1) == alone
    assert not set(beside(1.0)) & set(alone)

    def with_text(weight: float) -> list[str]:
        said = {"text": "dog barking", "text_weight": weight, "combine": "each"}
        return meaning.top(3, parts=[rain], **said)

    assert with_text(0.0) == with_text(0.1) == alone


def test_like_these_and_not_like_those(meaning: Meaning) -> None:
    birds = [meaning.item(name) for name in ("songbird", "dawn_chorus")]
    assert found(meaning.top(parts=birds, limit=8), "crickets")
    insects = [meaning.item("housefly", negative=True), meaning.item("crickets", negative=True)]
    without = meaning.top(parts=birds + insects, limit=8)
    assert found(without, "bird_calls")
    assert not found(without, "crickets")


@pytest.mark.parametrize(
    "text",
    [
        "asdfgh qwerty",
        "a quantum tax form",
        "invoice 2023",
        "philosophy of Kant",
        "zxcvbnm",
        "xkcd",
    ],
)
def test_what_is_no_sound_is_not_answered(meaning: Meaning, text: str) -> None:
    result = meaning.ask(text=text)
    assert (result.hits, result.answered, result.cursor) == ([], False, None)
    weak = meaning.ask(text=text, show_weak=True, limit=5)
    assert not weak.answered
    assert [hit.weak for hit in weak.hits] == [True] * 5


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("heavy rain", "rain_heavy"),
        ("rooster crowing in the morning", "rooster"),
        ("church bell tolling", "BELLChrch"),
        ("helicopter", "AEROHeli"),
        ("dawn chorus of many birds", "dawn_chorus"),
    ],
)
def test_an_answer_is_strong_and_ends_where_chance_begins(
    meaning: Meaning, text: str, first: str
) -> None:
    result = meaning.ask(text=text, limit=100)
    assert found(meaning.names(result.hits[:4]), first)
    strengths = [hit.strength or 0.0 for hit in result.hits]
    assert strengths[0] > 3
    assert len(result.hits) < 50
    assert min(strengths) >= 0.35 * max(strengths)
    assert not any(hit.weak for hit in result.hits)
