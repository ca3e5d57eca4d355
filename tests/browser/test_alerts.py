import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO, Studio
from tests.browser.pages import answered
from tests.browser.searching import visit

FROGS = DEMO / "Animals/Wild/frogs_in_pond.mp3"


def test_an_alert_is_made_finds_what_comes_in_pauses_and_goes(page: Page, studio: Studio) -> None:
    visit(page, f"{studio.url}/alerts")
    expect(page.get_by_text("None yet. Say what you wait for")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("Frogs")
    page.get_by_role("textbox", name="What to wait for").fill("name:frogs*")
    with answered(page):
        page.get_by_role("button", name="Wait for it").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("")
    arrived = studio.drive / FROGS.name
    half = studio.drive.parent / FROGS.name  # outside of what is watched until it is whole
    Path(shutil.copy(FROGS, half)).rename(arrived)
    try:
        studio.wait(lambda: studio.api.get("/alerts/feed").json())
        expect(page.locator("li.row .name")).to_have_text(FROGS.name)
        expect(page.locator("li.row .why")).to_contain_text("Frogs, ")
        with answered(page):
            page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("paused", exact=True)).to_be_visible()
        with answered(page):
            page.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("None yet. Say what you wait for")).to_be_visible()
    finally:
        arrived.unlink()
    gone = {"text": f"name:{FROGS.name}"}
    studio.wait(lambda: not studio.api.post("/search", json=gone).json()["hits"])
