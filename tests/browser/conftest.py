"""A real library, its API, the interface and a real browser, once for each process of tests.

They run in a process of their own (``pytest tests/browser``): Playwright keeps an event loop.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from demo.browser import CHROMIUM, HELP
from demo.browser import browser as open_browser
from tests.browser.pages import PATIENCE_MS, opened
from tests.free_port import free_port
from tests.process import TIMEOUT_S, Cli
from tests.signals import noise, tone, write
from ui.assets import fetch

DEMO = Path(__file__).parents[2] / "demo-library"
SOUNDS = (
    "Weather/rain_heavy_stereo.flac", "Weather/rain_on_tin_roof.wav",
    "Weather/thunder_distant_rumble.wav", "Bells/bicycle_bell_ring.wav",
    "Music/guitar_two_chords.flac", "Ambience/thunderstorm_village_75s.mp3",
)  # fmt: skip


@dataclass(frozen=True)
class Studio:
    """What runs, and where."""

    url: str  # of the interface
    api: httpx.Client
    sounds: Path
    drive: Path  # a watched folder with a marker

    @staticmethod
    def wait(holds: Callable[[], object]) -> None:
        """Wait until something holds that the interface causes."""
        for _ in range(PATIENCE_MS // 100):
            if holds():
                return
            time.sleep(0.1)
        raise AssertionError("it did not come to pass")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(HELP)
    expect.set_options(timeout=PATIENCE_MS)
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def studio(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    fetch()  # scripts that were not there when the machine was set up
    folder = tmp_path_factory.mktemp("studio")
    sounds, drive = _sounds(folder)
    port = free_port()
    variables = {
        "FOUNDSOUND_UI_PORT": str(port),
        "FOUNDSOUND_POLL_S": "1",
        "FOUNDSOUND_SETTLE_S": "0.2",
    }
    cli = Cli(folder / "library", folder / "cache", variables)
    assert cli.run("index", sounds, drive).returncode == 0
    marked = ("--mode", "polling", "--interval", "1", "--marker", ".here")
    assert cli.run("roots", "add", drive, *marked).returncode == 0
    process = cli.start("serve", "--ui", "--port", "0")
    try:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(
            base_url=cli.wait_until_open(process), timeout=60, trust_env=False
        ) as api:
            _wait(api, "/readyz")
            with httpx.Client(base_url=url, trust_env=False) as interface:
                _wait(interface, "/_stcore/health")
            yield Studio(url, api, sounds, drive)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT_S)


@pytest.fixture
def dead_interface() -> Iterator[str]:
    """An interface whose API does not answer."""
    port = free_port()
    told = {"FOUNDSOUND_API_URL": "http://127.0.0.1:9", "FOUNDSOUND_UI_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "ui"], env=os.environ | told)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as interface:
            _wait(interface, "/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser, permissions=["microphone", "clipboard-read", "clipboard-write"]) as page:
        yield page


def _sounds(folder: Path) -> tuple[Path, Path]:
    sounds, drive = folder / "sounds", folder / "drive"
    sounds.mkdir()
    for name in SOUNDS:
        shutil.copy(DEMO / name, sounds)
    write(sounds / "hum.wav", tone(2.0, hz=110.0))
    write(sounds / "broken.wav", noise(0.1))
    (sounds / "broken.wav").write_bytes(b"RIFF, but no more of it")
    write(drive / "hiss.wav", noise(2.0))
    (drive / ".here").touch()
    return sounds, drive


def _wait(client: httpx.Client, path: str) -> None:
    for _ in range(TIMEOUT_S * 10):
        try:
            if client.get(path).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{client.base_url}{path} did not become ready")
