"""The API beside a command: there while work lasts, and no burden to what is over at once."""

import errno
import time

import httpx
import pytest

from foundsound.cli import api_beside as beside
from foundsound.cli import api_thread
from foundsound.cli.api_beside import api_beside
from foundsound.library import Library
from foundsound.ownership import Owner, current_owner
from foundsound.settings import Settings
from tests.waiting import wait_until


def announced(settings: Settings) -> Owner:
    wait_until(lambda: current_owner(settings.data_dir) is not None)
    owner = current_owner(settings.data_dir)
    assert owner is not None
    return owner


def test_work_that_lasts_is_asked_meanwhile(library: Library, settings: Settings) -> None:
    with api_beside(library):
        owner = announced(settings)
        assert httpx.get(f"{owner.url}/stats", timeout=60).json()["sounds"] == 0
        asked = {"paths": ["/"]}
        assert httpx.post(f"{owner.url}/index", json=asked, timeout=60).status_code == 401
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{owner.url}/stats")


def test_work_that_is_over_at_once_brings_up_nothing(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(api_thread, "api_server", lambda *_: made.append(1))
    monkeypatch.setattr(beside, "SOON_S", 0.2)
    with api_beside(library):
        pass
    time.sleep(0.4)
    assert not made
    assert current_owner(settings.data_dir) is None


def test_work_goes_on_when_nothing_can_be_announced(
    library: Library,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(_: str) -> Owner:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(library.ownership, "announce", full)
    monkeypatch.setattr(beside, "SOON_S", 0.0)
    told = ""
    with api_beside(library):
        while "No space left" not in told:
            time.sleep(0.02)
            told += capsys.readouterr().err
    assert "Traceback" not in told
