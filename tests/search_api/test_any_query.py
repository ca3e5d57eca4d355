"""Whatever is sent, a search is answered or refused with its place; the server never fails."""

import json
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from foundsound.search.query.filters import KINDS
from foundsound.search.query.query import Query

# A failure is told as it is found: shrinking asks a real library, again and again.
FUZZED = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
JSON = {"content-type": "application/json"}
ANY_TEXT = st.text(max_size=12)
FILTER = st.builds(
    "{}{}:{}{}".format,
    st.sampled_from(["", "-"]),
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(["", "<", ">=", "=", "..", '"']),
    st.sampled_from(["5", "1:30", "wav", "2026-01", "*", "2..10", "", ",", "\\", "Am", "1e999"])
    | ANY_TEXT,
)
WORD = st.sampled_from(["rain", "tone", "no", "-hiss", ",", '"', "not", "“a”", "-", "and", "ch:"])
TYPED = st.lists(FILTER | WORD | ANY_TEXT, max_size=6).map(" ".join)

NUMBER = st.one_of(st.integers(), st.floats(), st.sampled_from([0, 1, 0.5, -1, 1e308]))
LEAF = st.one_of(st.none(), st.booleans(), NUMBER, ANY_TEXT)
VALUE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
PART = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "item", "clip"])},
    optional={
        "text": ANY_TEXT,
        "sound_id": ANY_TEXT,
        "weight": NUMBER,
        "negative": VALUE,
        "start_s": NUMBER,
        "clip": NUMBER,
    },
)
BODY = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(Query.model_fields, VALUE)
    | {
        "text": TYPED,
        "parts": st.lists(PART, max_size=3),
        "filters": st.dictionaries(st.sampled_from(sorted(KINDS)), VALUE, max_size=2),
    },
)


def refused(answer: Any) -> bool:
    """Whether it is a problem; any other answer must be a result."""
    if answer.status_code == 200:
        assert "hits" in answer.json()
        return False
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    return True


def test_any_text_is_answered_or_refused_with_its_place(client: TestClient) -> None:
    @FUZZED
    @given(TYPED)
    def ask(text: str) -> None:
        answer = client.post("/search", json={"text": text, "limit": 2})
        if refused(answer) and "span" in answer.json():
            start, end = answer.json()["span"]
            assert 0 <= start < end <= len(text)
        typed = client.get("/search", params={"q": text, "limit": 2})
        assert refused(typed) == refused(answer)

    ask()


def test_any_body_is_answered_or_refused(client: TestClient) -> None:
    @FUZZED
    @given(BODY)
    def ask(body: dict[str, Any]) -> None:
        refused(client.post("/search", content=json.dumps(body), headers=JSON))

    ask()
