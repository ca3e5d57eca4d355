from datetime import UTC, datetime

from ui.wording import ago, counted, plain, read_as, size, span


def test_sizes_and_spans_have_the_unit_that_fits() -> None:
    assert [size(n) for n in (0, 999, 1500, 2_500_000_000)] == [
        "0 bytes", "999 bytes", "1.5 kB", "2.5 GB",
    ]  # fmt: skip
    assert [span(s) for s in (4.6, 75, 7325)] == ["5 s", "1 min 15 s", "2 h 2 min"]


def test_moments_are_told_from_now() -> None:
    now = datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert ago("2026-01-02T11:59:30", now) == "just now"
    assert ago("2026-01-02T11:30:00Z", now) == "30 min ago"
    assert ago("2026-01-01T10:00:00+00:00", now) == "1 d ago"


def test_names_are_no_markdown() -> None:
    assert plain("a_b*[c](d):red[e]") == r"a\_b\*\[c\]\(d\)\:red\[e\]"
    assert counted(1, "file") == "1 file"
    assert counted(1200, "file") == "1,200 files"


def test_what_was_not_taken_word_by_word_is_told() -> None:
    parts = [
        {"type": "text", "text": "rain", "negative": False},
        {"type": "text", "text": "thunder", "negative": True},
        {"type": "item", "sound_id": "0" * 32, "negative": True},
    ]
    english = {"part": 0, "language": "de", "typed": "Regen", "english": "rain"}
    assert read_as({"parts": parts, "searched_as": [english]}) == [
        "without 'thunder'", "'Regen' searched as 'rain'",
    ]  # fmt: skip
    assert read_as({"parts": parts[:1], "searched_as": []}) == []
