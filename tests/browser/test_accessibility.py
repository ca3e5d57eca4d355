"""axe-core finds nothing serious on any page, in either theme."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import opened, settle
from ui.assets import VENDOR, AssetError, Package, fetch

AXE = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    {"axe.min.js": "axe.js", "LICENSE": "axe.LICENSE"},
)
PAGES = {
    "": "Describe a sound, and hear it",
    "?q=rain": " ms · ",
    "library": "Library",
    "collections": "Collections",
    "settings": "Settings",
    "map": "Hover to hear",
    "classify": "Known by examples",
    "alerts": "New alert",
    "sound?id={sound}": "What is known",
}
# What scripts put there once they have come.
MADE = {
    "": "li.row",
    "?q=rain": "li.row",
    "map": ".map[data-drawn]",
    "sound?id={sound}": ".sound .wave > div",
}
SERIOUS = ("serious", "critical")
LOOKS = 5  # a part that is being made anew is pale; what is wrong is so at each look
# Half-way through a transition a colour may be too faint.
AT_REST = """Promise.all(
  document.getAnimations()
    .filter((each) => each.playState === "running")
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => null))
).then(() => null)"""


@pytest.fixture(scope="session")
def axe() -> Path:
    try:
        fetch([AXE])
    except AssetError as error:
        pytest.skip(str(error))
    return VENDOR / "axe.js"


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_serious_is_found(browser: Browser, studio: Studio, axe: Path, scheme: str) -> None:
    found = []
    sound = studio.api.post("/search", json={"text": "name:guitar*"}).json()["hits"][0]["sound_id"]
    with opened(browser, color_scheme=scheme) as page:
        for path, shown in PAGES.items():
            page.goto(f"{studio.url}/{path.format(sound=sound)}")
            expect(page.locator("[data-testid=stMain]").get_by_text(shown).first).to_be_visible()
            if path in MADE:
                expect(page.locator(MADE[path]).first).to_be_visible()
            settle(page)
            if path == "?q=rain":
                page.locator("li.row .play").first.click()
                expect(page.locator("#foundsound-dock section .wave > div")).to_be_visible()
            page.add_script_tag(path=axe)
            for _ in range(LOOKS):
                serious = _serious(page)
                if not serious:
                    break
            found += [f"{path or 'search'}: {each}" for each in serious]
    assert not found, "\n".join(found)


def _serious(page: Page) -> list[str]:
    page.evaluate(AT_REST)
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in result["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]
