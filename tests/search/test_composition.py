"""What queries of several parts mean, on sounds that the light model knows."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from foundsound.embedding.embedder import Floats
from foundsound.errors import InvalidRequest
from foundsound.library import Library
from foundsound.search.clips import Clip
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from tests.search.conftest import Ask, hit_of, names


@pytest.mark.parametrize(
    ("wanted", "unwanted", "falls"),
    [
        ("rain", "thunder", "thunder_"),
        ("birds singing", "crickets", "crickets"),
        ("birds singing", "crow cawing", "crow_"),
        ("water", "ocean waves", "OCEAN"),
        ("bells", "church bell", "BELLChrch"),
        ("bells", "bicycle bell", "bicycle"),
        ("siren", "police siren", "ALRMSirn"),
        ("telephone", "ringing", "rotary"),
        ("music", "organ", "organ"),
        ("motor", "helicopter", "AEROHeli"),
    ],
)
def test_what_is_unwanted_falls_out_of_the_top(
    ask: Ask, wanted: str, unwanted: str, falls: str
) -> None:
    top = 6
    before = names(ask(text=wanted, limit=top, mode="dense"))
    assert any(name.startswith(falls) for name in before), before
    after = ask(text=f"{wanted}, no {unwanted}", limit=top, mode="dense")
    assert not any(name.startswith(falls) for name in names(after)), names(after)
    assert len(set(before) & set(names(after))) >= 3  # the wanted ones stay
    by_both = names(ask(text=f"{wanted}, no {unwanted}", limit=top))
    assert not any(name.startswith(falls) for name in by_both), by_both


def test_a_demoted_hit_says_by_what_and_comes_last(ask: Ask) -> None:
    result = ask(text="rain -thunder -organ", limit=100, mode="dense")
    thunder = hit_of(result, "thunder_close")
    assert thunder.demoted_by is not None
    assert result.parts[thunder.demoted_by].model_dump()["text"] == "thunder"
    assert hit_of(result, "rain_light").demoted_by is None
    demoted = [hit.demoted_by is not None for hit in result.hits]
    assert demoted == sorted(demoted)
    for group in (False, True):
        scores = [
            h.score or 0.0
            for h, is_last in zip(result.hits, demoted, strict=True)
            if is_last is group
        ]
        assert scores == sorted(scores, reverse=True)


def test_what_is_called_as_wanted_must_be_clearly_like_the_unwanted(ask: Ask) -> None:
    def demoted(mode: str) -> list[str]:
        result = ask(text="bell, no school bell", mode=mode, limit=50, fold=False)
        return [os.path.basename(hit.path) for hit in result.hits if hit.demoted_by is not None]

    assert "bicycle_bell_ring.wav" in demoted("dense")  # by ear it is as like
    assert "bicycle_bell_ring.wav" not in demoted("hybrid")
    assert "school_bell.wav" in demoted("hybrid")


def test_a_text_may_say_what_a_sound_is_to_lack(ask: Ask) -> None:
    rain = hit_of(ask(text="rain", limit=5), "rain_light").sound_id
    item = {"type": "item", "sound_id": rain}
    unwanted = {"type": "text", "text": "thunder", "negative": True}
    typed = ask(text="-thunder", parts=[item])
    assert names(typed)
    assert names(typed) == names(ask(parts=[unwanted, item]))
    with pytest.raises(InvalidRequest, match="Say what to find as well"):
        ask(text="-thunder", parts=[unwanted])


def test_contributions_add_up_to_the_score(ask: Ask) -> None:
    result = ask(
        text="rain -thunder",
        parts=[{"type": "text", "text": "wind", "weight": 0.5}],
        limit=5,
    )
    for hit in result.hits:
        assert [reason.part for reason in hit.reasons] == [0, 1, 2]
        total = sum(reason.contribution for reason in hit.reasons)
        assert hit.score is not None
        assert math.isclose(total, hit.score, abs_tol=1e-4)
    rain = hit_of(result, "rain_light").reasons
    assert rain[0].contribution > abs(rain[1].contribution)
    alone = ask(text="rain", limit=1, mode="dense").hits[0]
    assert [r.model_dump() for r in alone.reasons] == [
        {"part": 0, "cosine": alone.score, "contribution": alone.score}
    ]
    assert math.isclose(rain[0].cosine, alone.score or 0.0, abs_tol=1e-4)


def test_weights_turn_the_query(ask: Ask) -> None:
    def first(rain: float, bells: float) -> str:
        parts = [
            {"type": "text", "text": "rain", "weight": rain},
            {"type": "text", "text": "bicycle bell", "weight": bells},
        ]
        return names(ask(parts=parts, limit=1))[0]

    assert first(5.0, 0.5).startswith("rain")
    assert first(0.5, 5.0).startswith("bicycle")


def test_a_text_without_weight_is_left_out(ask: Ask) -> None:
    bell = hit_of(ask(text="church bell", limit=3), "BELLChrch")
    example = [{"type": "item", "sound_id": bell.sound_id}]
    alone, beside = ask(parts=example), ask(text="thunder", text_weight=0, parts=example)
    assert [hit.score for hit in beside.hits] == [hit.score for hit in alone.hits]
    assert names(beside) == names(alone)
    assert [part.type for part in beside.parts] == ["item"]
    short = ask(text="thunder dur:<5 -wind", text_weight=0, parts=example)
    assert short.hits
    assert all(hit.duration_s < 5 for hit in short.hits)
    assert [part.negative for part in short.parts] == [True, False]


def test_an_item_finds_its_kind_and_not_itself(ask: Ask) -> None:
    drops = ask(text="rain on a roof", limit=1).hits[0]
    result = ask(parts=[{"type": "item", "sound_id": drops.sound_id}], limit=50)
    assert drops.sound_id not in {hit.sound_id for hit in result.hits}
    assert names(result)[0].startswith(("rain", "radio"))
    with_text = ask(
        text="church bell",
        parts=[{"type": "item", "sound_id": drops.sound_id, "weight": 0.2}],
        limit=1,
    )
    assert names(with_text) == [name for name in names(with_text) if name.startswith("BELLChrch")]


def test_an_unwanted_item_pushes_its_kind_down(ask: Ask) -> None:
    yelp = hit_of(ask(text="police siren", limit=4), "siren_yelp")
    before = names(ask(text="siren", limit=50))
    without = {"type": "item", "sound_id": yelp.sound_id, "negative": True}
    after = names(ask(text="siren", parts=[without], limit=50))
    wail = next(name for name in before if name.startswith("ALRMSirn"))
    assert after.index(wail) > before.index(wail)
    assert not any(name.startswith("siren_yelp") for name in after)


def test_a_clip_and_a_stretch_of_it(searcher: Searcher, demo: Path, tmp_path: Path) -> None:
    bell, rate = soundfile.read(next(demo.rglob("BELLChrch*")))
    rain, _ = soundfile.read(next(demo.rglob("rain_light*")))
    both = np.concatenate([bell[: 4 * rate], rain[: 4 * rate]])
    soundfile.write(tmp_path / "both.wav", both, rate)
    clip = Clip(os.fsencode(tmp_path / "both.wav"), "both.wav")

    def first(**stretch: float) -> str:
        query = Query.model_validate({"parts": [{"type": "clip", **stretch}], "limit": 1})
        return names(searcher.search(query, [clip]))[0]

    assert first(end_s=4).startswith("BELLChrch")
    assert first(start_s=4).startswith("rain_light")
    whole = searcher.search(Query(limit=1), [clip]).hits[0].score
    assert whole is not None
    assert whole < 0.99  # neither alone
    with pytest.raises(InvalidRequest, match=r"both\.wav: The stretch from 60 s lies beyond"):
        first(start_s=60)
    beyond = Query.model_validate({"parts": [{"type": "clip", "clip": 1}]})
    with pytest.raises(InvalidRequest, match="but 1 came with it; clips count from 0"):
        searcher.search(beyond, [clip])


def test_a_stretch_of_an_item_is_cut_from_its_file(ask: Ask) -> None:
    bell = hit_of(ask(text="church bell", limit=3), "BELLChrch")
    stretch = {"type": "item", "sound_id": bell.sound_id, "start_s": 0.5, "end_s": 2.0}
    result = ask(parts=[stretch], limit=5)
    assert bell.sound_id not in {hit.sound_id for hit in result.hits}
    whole = ask(parts=[{"type": "item", "sound_id": bell.sound_id}], limit=5)
    assert [h.score for h in result.hits] != [h.score for h in whole.hits]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "query is empty"),
        ({"text": " \n "}, "query is empty"),
        ({"parts": [{"type": "text", "text": "  "}]}, "query is empty"),
        ({"text": "rain", "text_weight": 0}, "text has no weight"),
        ({"text": "rain dur:<5", "text_weight": 0}, "text has no weight"),
        ({"text": "rain", "limit": 0}, "between 1 and 1000"),
        ({"text": "x" * 2000}, "2,000 characters"),
        ({"text": "a" * 600, "parts": [{"type": "text", "text": "b" * 600}]}, "1,200 characters"),
        ({"text": "rain \ud800"}, "not valid Unicode"),
        ({"parts": [{"type": "text", "text": "rain", "negative": True}]}, "what to find as well"),
        (
            {
                "text": "rain",
                "parts": [{"type": "text", "text": "rain", "weight": 2, "negative": True}],
            },
            "cancel each other out",
        ),
        ({"parts": [{"type": "item", "sound_id": "0" * 32}]}, "no sound 0000"),
        ({"parts": [{"type": "clip"}]}, "names clip 0, but 0 came"),
        ({"text": "rain", "cursor": "nonsense"}, "another query"),
        ({"filters": {"fmt": {"any": ["wvv"]}}, "text": "rain"}, "no audio format"),
    ],
)
def test_queries_that_cannot_be_answered(ask: Ask, fields: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        ask(**fields)


def test_each_text_is_embedded_once(
    ask: Ask, searched: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    original = searched.embedder.embed_text

    def counted(texts: Sequence[str]) -> Floats:
        asked.extend(texts)
        return original(texts)

    monkeypatch.setattr(searched.embedder, "embed_text", counted)
    parts = [{"type": "text", "text": text} for text in ("fog horn", "fog horn", "gulls")]
    ask(parts=parts)
    ask(parts=parts, sort="name")
    ask(text="fog horn dur:<5")
    assert sorted(asked) == ["fog horn", "gulls"]
