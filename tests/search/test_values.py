from typing import Any

import pytest
from pydantic import ValidationError

from foundsound.search.query.filters import Filters
from foundsound.search.query.query import Query
from foundsound.search.query.values import Range


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"dur": {}}, "give one of"),
        ({"dur": {"gt": 5, "lt": 5}}, "lower bound must come first"),
        ({"dur": {"gt": 1, "gte": 1}}, "not both"),
        ({"dur": {"lt": -1}}, "greater than or equal to 0"),
        ({"dur": {"lt": "inf"}}, "finite"),
        ({"dur": {"less": 5}}, "not permitted"),
        ({"category": {"any": ["DOOR"]}}, "not permitted"),
        ({"class_": {"any": ["loop"]}}, "not permitted"),
        ({"lufs": {"lt": -2000}}, "greater than or equal to -1000"),
        ({"tag": {"all": []}}, "give one of all, any, none"),
        ({"fmt": {"any": []}}, "give one of"),
        ({"folder": {"any": ["  "]}}, "at least 1 character"),
        ({"folder": {"any": ['a"b']}}, "match pattern"),
        ({"added": {"gte": "2026-02-01", "lt": "2026-01-01"}}, "gte must come before lt"),
        ({"added": {"gte": 86400}}, "write a day as 2026-01-31"),
        ({"added": {"lt": "86400"}}, "write a day as 2026-01-31"),
        ({"added": {"gte": "2026-01-31T00:00:00+05:00"}}, "write a day as 2026-01-31"),
        ({"added": {"gte": "2026-02-30"}}, "day value is outside"),
    ],
)
def test_filters_that_cannot_be_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Filters.model_validate(fields)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "smell", "text": "rain"}, "type"),
        ({"type": "text"}, "text"),
        ({"type": "text", "text": "rain", "weight": 0}, "greater than 0"),
        ({"type": "text", "text": "rain", "weight": 11}, "less than or equal to 10"),
        ({"type": "clip", "start_s": 5, "end_s": 5}, "end_s must lie after start_s"),
        ({"type": "item", "sound_id": "x", "start_s": -1}, "greater than or equal to 0"),
        ({"type": "item"}, "sound_id"),
    ],
)
def test_parts_that_cannot_be_are_refused(part: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Query.model_validate({"parts": [part]})


def test_a_query_survives_json() -> None:
    for example in Query.model_json_schema()["examples"]:
        query = Query.model_validate(example)
        assert Query.model_validate_json(query.model_dump_json()) == query


def test_narrowing_keeps_the_tighter_bounds() -> None:
    wide, strict = Range(gte=2, lte=10), Range(gt=2, lt=10)
    assert wide.narrowed(strict) == strict.narrowed(wide) == strict
    assert Range(gte=2).narrowed(Range(lt=5)) == Range(gte=2, lt=5)
    with pytest.raises(ValueError, match="lower bound"):
        Range(lt=2).narrowed(Range(gte=2))
