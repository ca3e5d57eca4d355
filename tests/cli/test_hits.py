"""The table of hits as a person sees it."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from foundsound.cli import hits
from foundsound.search.clips import Clip
from foundsound.search.query.parts import ClipPart, ItemPart, Part, TextPart
from foundsound.search.results import Hit, Reason, SearchResult

ID = "1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"


def hit(path: str, **fields: object) -> Hit:
    made = {
        "sound_id": ID,
        "path": path,
        "score": 0.4,
        "start_s": 0.0,
        "end_s": 2.0,
        "duration_s": 2.0,
        "sample_rate": 48_000,
        "channels": 1,
        "format": "WAV",
        "added_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Hit.model_validate(made | fields)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    text = io.StringIO()
    console = Console(file=text, width=120, force_terminal=True, color_system=None)
    monkeypatch.setattr(hits, "out", console)
    return text


def shown(seen: io.StringIO, found: list[Hit], *parts: Part) -> list[list[str]]:
    clips = [Clip(b"/tmp/far dog.wav", "~/clips/far dog.wav")]
    hits.show(SearchResult(hits=found, model="m", took_ms=1.0, parts=list(parts)), "x", clips)
    return [line.split() for line in seen.getvalue().splitlines()]


def test_bars_say_how_well_a_hit_fits(seen: io.StringIO) -> None:
    found = [hit("/s/a.wav", bar=1.0), hit("/s/b.wav", bar=0.5, takes=[ID])]
    assert shown(seen, found, TextPart(text="x")) == [
        ["fit", "at", "length", "file"],
        ["██████", "1.00", "0:02", "a.wav"],
        ["███", "0.50", "0:02", "b.wav", "+", "1", "more", "take"],
    ]


def test_a_space_that_was_never_measured_has_scores(seen: io.StringIO) -> None:
    assert shown(seen, [hit("/s/a.wav")], TextPart(text="x"))[0][0] == "score"


def test_filters_alone_say_nothing_of_the_fit(seen: io.StringIO) -> None:
    assert shown(seen, [hit("/s/a.wav", score=None)])[0] == ["at", "length", "file"]


def test_parts_are_called_what_a_person_calls_them(seen: io.StringIO) -> None:
    parts: list[Part] = [TextPart(text="dog"), ClipPart(), ItemPart(sound_id=ID, negative=True)]
    reasons = [Reason(part=at, cosine=0.5, contribution=0.25) for at in range(3)]
    found = [hit("/s/a.wav", bar=0.5, reasons=reasons, demoted_by=2, weak=True)]
    why = " ".join(shown(seen, found, *parts)[1][4:])
    assert why == "dog +0.25, far dog.wav +0.25, -1f0c1f6e +0.25, closer to -1f0c1f6e"
