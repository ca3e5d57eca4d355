"""What the interface makes of refusals."""

import httpx
import pytest

from ui.client import NO_KEY, ApiClient, ApiError
from ui.settings import UiSettings


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("This server answers to API keys only; make one with 'foundsound keys add'.", NO_KEY),
        ("There is no sound x in this library.", "There is no sound x in this library."),
    ],
)
def test_people_are_told_of_the_setting_and_not_of_a_header(
    detail: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = httpx.Response(401, json={"detail": detail})
    client = ApiClient(UiSettings(api_url="http://127.0.0.1:9"))
    monkeypatch.setattr(client._http, "request", lambda *_, **__: answer)
    with pytest.raises(ApiError) as refused:
        client.get("/stats")
    assert (str(refused.value), refused.value.status) == (told, 401)
