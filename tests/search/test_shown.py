"""What of the ranking is shown: answers, one hit for all takes, spread out, page by page."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, select

from foundsound.catalog.models import Location
from foundsound.catalog.tags import add_tags, remove_tags
from foundsound.library import Library
from foundsound.search import hydrate, page_behind, shown
from foundsound.search.hydrate import Found
from foundsound.search.query.filters import Conditions
from foundsound.search.query.query import Query
from foundsound.search.results import Hit, SearchResult
from foundsound.search.searcher import Searcher
from foundsound.vectors.edge import EdgeIndex
from tests.conftest import Index
from tests.search.conftest import names
from tests.signals import noise, tone, write


@pytest.fixture
def takes(library: Library, index: Index, tmp_path: Path) -> Searcher:
    """Twelve takes of a beep, six of a hiss of one length, and four tones of their own."""
    for number in range(12):
        beep = tone(1.0 + 0.1 * number) + 0.01 * noise(1.0 + 0.1 * number, seed=number)
        write(tmp_path / "in" / f"beep_{number + 1:02}.wav", beep)
    for number in range(6):
        hiss = noise(2.0) + 1e-4 * number * tone(2.0)
        write(tmp_path / "in" / f"{'abcdef'[number]}.wav", hiss)
    for hertz in (200, 900, 2000, 5000):
        write(tmp_path / "in" / f"sine at {hertz} Hz.wav", tone(4.0, float(hertz)))
    index(tmp_path / "in")
    return Searcher(library)


def find(searcher: Searcher, **fields: object) -> SearchResult:
    asked = {"text": "a tone, beep", "mode": "dense", "show_weak": True, **fields}
    return searcher.search(Query.model_validate(asked))


def test_takes_are_one_hit_that_lists_the_others(takes: Searcher) -> None:
    everything = find(takes, limit=100, fold=False).hits
    folded = find(takes, limit=100).hits
    assert len(everything) == 22
    (beep,) = [hit for hit in folded if "beep_" in hit.path]
    best = next(hit for hit in everything if "beep_" in hit.path)
    assert (beep.sound_id, len(beep.takes)) == (best.sound_id, 11)
    assert beep.takes == [h.sound_id for h in everything if "beep_" in h.path][1:]
    (hiss,) = [hit for hit in folded if len(os.path.basename(hit.path)) == 5]
    assert len(hiss.takes) == 5  # the same sound under other names
    listed = [id_ for hit in folded for id_ in (hit.sound_id, *hit.takes)]
    assert sorted(listed) == sorted(hit.sound_id for hit in everything)


@pytest.mark.parametrize("block", [100, 5])
@pytest.mark.parametrize("fields", [{}, {"diversity": 0.5}, {"text": "a tone -noise"}])
def test_pages_of_folded_hits_fit_together(
    takes: Searcher, fields: dict[str, object], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "BLOCK", block)
    whole = _listed(find(takes, limit=100, **fields).hits)
    assert len(set(whole)) == len(whole) == 22
    for limit in (1, 4):
        found: list[str] = []
        cursor: str | None = None
        for _ in range(40):
            page = find(takes, limit=limit, cursor=cursor, **fields)
            found += _listed(page.hits)
            cursor = page.cursor
            if cursor is None:
                break
        assert found == whole


@pytest.mark.parametrize(
    "fields", [{}, {"fold": False}, {"sort": "-duration"}, {"sort": "name", "fold": False}]
)
def test_pages_go_on_behind_the_last_hit_whatever_came_or_went(
    takes: Searcher,
    library: Library,
    fields: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_behind, "AT_ONCE", 1)  # so that what came is more
    everything = find(takes, limit=100, **fields).hits
    asked = {"filters": {"tag": {"all": ["in"]}}, "limit": 2, **fields}

    def tag(hits: list[Hit], change: Callable[..., object]) -> None:
        ids = [id_ for hit in hits for id_ in (hit.sound_id, *hit.takes)]
        with library.catalog.write(alone=True) as session:
            change(session, ids, ["in"])

    tag(everything[1:], add_tags)
    first = find(takes, **asked)
    tag(everything[1:2], remove_tags)
    second = find(takes, cursor=first.cursor, **asked)
    assert _listed(first.hits + second.hits) == _listed(everything[1:5])
    tag(everything[:2], add_tags)
    for gone in (slice(4, 4), slice(4, 5), slice(3, 5)):  # nothing, the last hit, the whole page
        tag(everything[gone], remove_tags)
        third = find(takes, cursor=second.cursor, **asked)
        assert _listed(third.hits) == _listed(everything[5:7])


@pytest.mark.parametrize("fields", [{}, {"diversity": 0.5}])
def test_takes_are_told_by_vectors_that_come_along_or_are_asked_for(
    takes: Searcher, fields: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both give the same; where vectors cost little, the engine is called once for all."""
    calls: list[str] = []
    for method in ("search", "search_batch"):
        monkeypatch.setattr(EdgeIndex, method, _counted(getattr(EdgeIndex, method), calls))
    along = find(takes, **fields).hits
    assert (len(calls), any(hit.takes for hit in along)) == (1, True)
    monkeypatch.setattr(EdgeIndex, "vectors_at_hand", False)
    assert find(takes, **fields).hits == along
    assert len(calls) == 3  # one for the nearest, one for vectors, whoever looks at them


def test_no_more_rows_are_read_than_hits_are_shown(
    takes: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    inner = hydrate.hydrate

    def counted(connection: Connection, ids: Sequence[str], fit: Conditions) -> dict[str, Found]:
        read.append(len(ids))
        return inner(connection, ids, fit)

    monkeypatch.setattr(hydrate, "hydrate", counted)
    assert len(find(takes, limit=4, fold=False).hits) == 4
    assert read == [4]


def test_diversity_puts_what_is_unlike_further_up(takes: Searcher) -> None:
    alike = names(find(takes, limit=5, fold=False))
    spread = names(find(takes, limit=5, fold=False, diversity=0.3))
    assert alike[0] == spread[0]
    assert len({name.split("_")[0] for name in spread}) > len({n.split("_")[0] for n in alike})


def test_hits_say_how_strong_they_are(takes: Searcher) -> None:
    hits = find(takes, limit=100, fold=False).hits
    strengths = np.array([hit.strength for hit in hits], float)
    scores = np.array([hit.score for hit in hits], float)
    assert (np.diff(strengths) <= 1e-6).all()
    assert np.corrcoef(strengths, scores)[0, 1] == pytest.approx(1.0)
    assert all(0 <= (hit.bar or 0.0) <= 1 for hit in hits)
    weak = [hit.weak for hit in hits]
    assert weak == sorted(weak)  # the weak come last
    answers = find(takes, limit=100, fold=False, show_weak=False).hits
    assert [h.sound_id for h in answers] == [h.sound_id for h in hits if not h.weak]
    assert 0 < len(answers) < len(hits)


def test_words_are_an_answer_whatever_the_sound(takes: Searcher) -> None:
    result = find(takes, text="sine philosophy", mode="hybrid", show_weak=False)
    assert {name.split(" at ")[0] for name in names(result)} == {"sine"}
    assert result.answered
    nothing = find(takes, text="philosophy of Kant", mode="hybrid", show_weak=False)
    assert (nothing.hits, nothing.answered) == ([], False)


def test_filters_alone_are_never_cut(takes: Searcher, library: Library) -> None:
    result = find(takes, text="dur:>0", show_weak=False, limit=100)
    assert (len(result.hits), result.answered) == (22, True)
    assert result.hits[0].strength is None
    none = find(takes, text="dur:>100", show_weak=False)
    assert (none.hits, none.answered) == ([], True)
    with library.catalog.write() as session:  # what was found is remembered only until then
        location = session.scalars(select(Location)).all()[7]
        location.missing_since, gone = datetime.now(UTC), os.path.basename(location.path)
    left = find(takes, text="dur:>0", limit=100)
    assert set(names(result)) - set(names(left)) == {gone}


def test_a_library_that_was_never_measured_shows_everything(
    takes: Searcher, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.search.searcher.known_calibration", lambda *_: None)
    monkeypatch.setattr("foundsound.search.compose.known_calibration", lambda *_: None)
    result = find(takes, text="philosophy of Kant", show_weak=False, fold=False, limit=100)
    assert (len(result.hits), result.answered) == (22, True)
    assert {hit.strength for hit in result.hits} == {None}
    assert len(find(takes, limit=100).hits) < 22  # takes are folded by what is near in any space


def _counted(search: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        calls.append(search.__name__)
        return search(*given, **named)

    return counted


def _listed(hits: list[Hit]) -> list[str]:
    return [id_ for hit in hits for id_ in (hit.sound_id, *hit.takes)]
