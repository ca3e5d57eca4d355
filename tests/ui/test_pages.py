"""What pages say and keep when the API refuses; the API is played."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ui.client import NO_KEY, ApiClient, ApiError
from ui.wording import plain

AWAY = ApiError("foundsound does not answer.")
TAKEN = ApiError("There is a collection 'Hits' already.", 422)
NAME = "Client *A* $5 and $6 [x](y) <b>"
SHOWN = r"Client \*A\* \$5 and \$6 \[x\]\(y\) \<b\>"


class Played:
    """Answers by method and path; an error is raised. What was sent is kept."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Any] = {
            ("GET", "/healthz"): {},
            ("GET", "/stats"): {
                "sounds": 2, "audio_s": 3.0, "files": 2, "model": "starter", "pending": 0,
            },
            ("GET", "/roots"): [],
            ("GET", "/failed"): {"files": [], "quarantined": 0, "waiting": 0},
            ("GET", "/index"): [],
            ("GET", "/spaces"): [],
            ("GET", "/disk"): {"free_bytes": 1, "data_dir": "/data"},
            ("GET", "/duplicates"): {"groups": [], "total": 0, "uncompared": 0},
            ("GET", "/collections"): [{"id": 1, "name": NAME, "sounds": 0}],
            ("GET", "/collections/1"): {"id": 1, "name": NAME, "sounds": 0, "items": []},
            ("GET", "/alerts"): [],
            ("GET", "/alerts/feed"): [],
        }  # fmt: skip
        self.sent: list[tuple[str, str, Any]] = []

    def send(self, method: str, path: str, json: object = None, **_: Any) -> Any:
        if method != "GET":
            self.sent.append((method, path, json))
        answer = self.answers[method, path]
        if isinstance(answer, ApiError):
            raise answer
        return answer


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    st.cache_data.clear()
    api = Played()
    monkeypatch.setattr(ApiClient, "send", lambda _, *args, **more: api.send(*args, **more))
    return api


def collections() -> None:
    from ui.views.collections import page

    page()


def library() -> None:
    from ui.views.library import page

    page()


def alerts() -> None:
    from ui.views.alerts import page

    page()


def settings() -> None:
    from ui.views.settings import page

    page()


def shown(page: Callable[[], None], **address: str) -> AppTest:
    test = AppTest.from_function(page, default_timeout=30)
    for name, value in address.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def press(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception


def said(test: AppTest) -> str:
    parts = (test.markdown, test.caption, test.error, test.info, test.metric, test.code)
    return "\n".join(str(each.label or each.value) if hasattr(each, "label") else str(each.value)
                     for part in parts for each in part)  # fmt: skip


def root(**more: Any) -> dict[str, Any]:
    return {
        "id": 7, "path": "/srv/sfx", "name": "sfx", "watched": True, "state": "online",
        "scanning": False, "offline_reason": None, "note": None, "files": 3, "pending": 0,
        "missing": 0, "scanned_at": None,
    } | more  # fmt: skip


def test_a_name_that_is_refused_stays_typed_beside_the_collection(played: Played) -> None:
    played.answers["POST", "/collections"] = TAKEN
    test = shown(collections)
    test.text_input(key="new_name").set_value("Hits")
    press(test, "Make it")
    assert "There is a collection" in test.error[0].value
    assert test.text_input(key="new_name").value == "Hits"
    assert f"## {SHOWN}" in said(test)
    played.answers["POST", "/collections"] = {"id": 1}
    press(test, "Make it")
    assert (test.text_input(key="new_name").value, list(test.error)) == ("", [])
    assert test.query_params["id"] == "1"


def test_a_name_stays_typed_while_the_api_is_away(played: Played) -> None:
    test = shown(collections)
    listed = played.answers["GET", "/collections"]
    played.answers["POST", "/collections"] = played.answers["GET", "/collections"] = AWAY
    test.text_input(key="new_name").set_value("Hits")
    press(test, "Make it")
    played.answers["GET", "/collections"] = listed
    press(test, "Try again")
    assert test.text_input(key="new_name").value == "Hits"


def test_a_rename_that_is_refused_hides_nothing(played: Played) -> None:
    played.answers["PATCH", "/collections/1"] = TAKEN
    test = shown(collections)
    test.text_input(key="name1").set_value("Hits").run()
    assert "There is a collection" in test.toast[0].value
    assert f"## {SHOWN}" in said(test)


def test_a_collection_that_is_not_there_is_said(played: Played) -> None:
    assert "There is no collection 9999" in said(shown(collections, id="9999"))
    test = shown(collections)
    assert f"{SHOWN} · 0" in [button.label for button in test.button]


def test_a_folder_that_is_refused_leaves_the_page_whole(played: Played) -> None:
    played.answers["POST", "/roots"] = ApiError("There is no folder /no/x.", 422)
    test = shown(library)
    test.text_input(key="new_root").set_value("/no/x")
    press(test, "Watch it")
    assert "There is no folder" in test.error[0].value
    assert (len(test.tabs), test.text_input(key="new_root").value) == (4, "/no/x")
    played.answers["POST", "/roots"] = root()
    press(test, "Watch it")
    assert (test.text_input(key="new_root").value, list(test.error)) == ("", [])


def test_a_loss_is_accepted_only_where_it_is_held_back(played: Played) -> None:
    gone = root(state="offline", offline_reason="There is no folder /srv/sfx.")
    played.answers["GET", "/roots"] = [gone]
    test = shown(library)
    assert "Take them out" not in [button.label for button in test.button]
    assert "if it is gone for good, remove it" in said(test)
    held = "60 files vanished at once. If you deleted them, say so: foundsound roots accept /srv."
    played.answers["GET", "/roots"] = [root(state="offline", offline_reason=held)]
    played.answers["PATCH", "/roots/7"] = root()
    test = shown(library)
    press(test, "Take them out")
    assert played.sent == [("PATCH", "/roots/7", {"accept_loss": True})]


def test_a_folder_that_nobody_watches_is_not_called_online(played: Played) -> None:
    played.answers["GET", "/roots"] = [root(watched=False)]
    test = said(shown(library))
    assert "gray-badge[not watched]" in test
    assert "Only *Scan* looks at it." in test


def test_duplicates_are_named_as_they_are(played: Played) -> None:
    one = {
        "sound_id": "ab", "paths": ["/a/rain [take*1*] _x_ $5.wav", "/b.wav"], "codec": "pcm",
        "size_bytes": 1,
    }  # fmt: skip
    groups = [{"sounds": [one], "spare_bytes": 1}]
    played.answers["GET", "/duplicates"] = {"groups": groups, "total": 1, "uncompared": 0}
    test = shown(library)
    assert r"[rain \[take\*1\*\] \_x\_ \$5\.wav](sound?id=ab)" in said(test)
    assert r"rain \[take\*1\*\]" in test.expander[0].label


def test_an_alert_that_lacks_something_says_so_and_one_that_is_made_empties(played: Played) -> None:
    played.answers["POST", "/alerts"] = {"webhook_secret": "s3cret"}
    test = shown(alerts)
    test.text_input(key="alert_name").set_value("Glass")
    press(test, "Wait for it")
    assert "say what to wait for" in test.error[0].value
    assert test.text_input(key="alert_name").value == "Glass"
    test.text_input(key="alert_text").set_value("glass breaking")
    test.text_input(key="alert_webhook").set_value("https://x.example")
    press(test, "Wait for it")
    assert [test.text_input(key=f"alert_{of}").value for of in ("name", "text", "webhook")] == [
        "", "", "",
    ]  # fmt: skip
    assert (played.sent[0][1], test.code[0].value) == ("/alerts", "s3cret")
    press(test, "I have it")
    assert list(test.code) == []


def test_a_server_that_asks_for_a_key_is_not_away(played: Played) -> None:
    played.answers["GET", "/stats"] = ApiError(NO_KEY, 401)
    test = said(shown(settings))
    assert "red-badge[refuses]" in test
    assert plain(NO_KEY) in test
    played.answers["GET", "/stats"] = AWAY
    assert "red-badge[away]" in said(shown(settings))
