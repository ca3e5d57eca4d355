import shutil

from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO, Studio

FROGS = DEMO / "Animals/Wild/frogs_in_pond.mp3"


def test_an_alert_is_made_finds_what_comes_in_pauses_and_goes(page: Page, studio: Studio) -> None:
    page.goto(f"{studio.url}/alerts")
    expect(page.get_by_text("None yet. Say what you wait for")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("Frogs")
    page.get_by_role("textbox", name="What to wait for").fill("name:frogs*")
    page.get_by_role("button", name="Wait for it").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    arrived = studio.drive / FROGS.name
    shutil.copy(FROGS, arrived)
    try:
        studio.wait(lambda: studio.api.get("/alerts/feed").json())
        page.reload()
        expect(page.locator("li.row .name")).to_have_text(FROGS.name)
        expect(page.locator("li.row .why")).to_contain_text("Frogs, ")
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("paused", exact=True)).to_be_visible()
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("None yet. Say what you wait for")).to_be_visible()
    finally:
        arrived.unlink()
    gone = {"text": f"name:{FROGS.name}"}
    studio.wait(lambda: not studio.api.post("/search", json=gone).json()["hits"])
