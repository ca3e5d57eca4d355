"""``python -m demo.screenshots``: every page of a running interface, in both themes and two sizes.

``make screenshots`` serves the demo library and runs it.
"""

import argparse
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page

from demo.browser import browser

SIZES = {"wide": (1280, 720), "phone": (390, 844)}
SETTLED_MS = 1200
START_S = 120
MAP_MS = 240_000  # laid out when it is first looked at
PAGES = {
    "welcome": "",
    "search": "?q=rain+on+a+roof%2C+no+thunder",
    "similar": "?like={sound}",
    "sound": "sound?id={sound}",
    "map": "map",
    "collections": "collections",
    "library": "library",
    "classify": "classify",
    "alerts": "alerts",
    "settings": "settings",
}


def main() -> None:
    """Take the pictures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("url", help="of the interface")
    options.add_argument("folder", type=Path, help="for the pictures")
    options.add_argument("--sizes", nargs="*", default=list(SIZES))
    options.add_argument("--themes", nargs="*", default=["dark", "light"])
    options.add_argument("--only", nargs="*", default=list(PAGES), help="pages")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    _wait(given.url)
    with browser() as opened:
        for size in given.sizes:
            width, height = SIZES[size]
            for theme in given.themes:
                context = opened.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if theme == "dark" else "light",
                    has_touch=size == "phone",
                )
                page = context.new_page()
                sound = _first_sound(page, given.url)
                for name in given.only:
                    page.goto(f"{given.url}/{PAGES[name].format(sound=sound)}")
                    _settle(page, name)
                    page.screenshot(path=given.folder / f"{name}-{size}-{theme}.png")
                context.close()


def _wait(url: str) -> None:
    """Until the interface answers, and the API behind it."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/api/map", trust_env=False, timeout=30).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"There is no interface at {url}.")


def _first_sound(page: Page, url: str) -> str:
    page.goto(f"{url}/{PAGES['search']}")
    page.wait_for_selector("li.row")
    return str(page.locator("li.row").first.get_attribute("data-id"))


def _settle(page: Page, name: str) -> None:
    page.wait_for_selector("[data-testid=stAppViewContainer]")
    page.wait_for_timeout(SETTLED_MS)
    if name == "sound":
        page.wait_for_selector(".sound .wave > div")
        page.wait_for_timeout(SETTLED_MS)
    if name == "map":
        page.wait_for_selector(".map[data-drawn]", timeout=MAP_MS)
        page.wait_for_timeout(SETTLED_MS)
    if name == "search":
        page.locator("li.row .play").first.click()
        page.wait_for_timeout(SETTLED_MS)


if __name__ == "__main__":
    main()
