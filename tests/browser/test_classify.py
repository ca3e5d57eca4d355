from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered
from tests.browser.searching import listen, visit, wait_until_said


def test_a_sound_is_scored_with_labels_which_are_kept(page: Page, studio: Studio) -> None:
    visit(page, f"{studio.url}/classify")
    with answered(page):
        page.locator("input[type=file]").set_input_files(studio.sounds / "bicycle_bell_ring.wav")
    labels = page.get_by_role("textbox", name="Labels, separated by commas")
    labels.fill("bicycle bell, heavy rain, dog barking")
    with answered(page):
        labels.press("Control+Enter")
    scores = page.get_by_role("progressbar")
    expect(scores.first).to_be_visible()
    expect(page.get_by_text("heavy rain · ")).to_be_visible()
    page.get_by_role("button", name="Keep these labels").click()
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("street")
    with answered(page):
        name.press("Enter")
    listen(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    wait_until_said(page, "Kept as street")
    kept = {each["name"]: each["labels"] for each in studio.api.get("/label-sets").json()}
    assert len(kept["street"]) == 3


def test_a_sound_is_enrolled_by_an_example_and_forgotten(page: Page, studio: Studio) -> None:
    visit(page, f"{studio.url}/classify")
    with answered(page):
        page.locator("input[type=file]").set_input_files(studio.sounds / "hum.wav")
    expect(page.get_by_text("hum.wav")).to_be_visible()
    name = page.get_by_role("textbox", name="Name of the sound")
    name.fill("our elevator")
    with answered(page):
        name.press("Enter")
    with answered(page):
        page.get_by_role("button", name="Enrol the sounds at the left").click()
    expect(page.get_by_text("1 example · ")).to_be_visible()
    assert [each["name"] for each in studio.api.get("/enrolled").json()] == ["our elevator"]
    with answered(page):
        page.get_by_role("button", name="Forget").click()
    expect(page.get_by_text("Name what no words describe")).to_be_visible()
    assert studio.api.get("/enrolled").json() == []
