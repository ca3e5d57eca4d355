from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import opened
from tests.browser.searching import ask, found, search

PHONE = {"width": 390, "height": 844}


def test_a_range_begins_at_no_row_of_an_earlier_list(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "dur:>0")
    rows.filter(has_text="hum.wav").locator(".tick").click()
    ask(page, "rain")  # which a hum is not
    rows = found(page, "rain")
    assert rows.count() > 1
    rows.nth(1).locator(".tick").click(modifiers=["Shift"])
    expect(page.locator("li.row.selected")).to_have_count(1)
    rows.nth(0).locator(".tick").click(modifiers=["Shift"])
    expect(page.locator("li.row.selected")).to_have_count(2)


def test_on_a_phone_the_menu_and_the_bar_are_whole(browser: Browser, studio: Studio) -> None:
    made = studio.api.post("/collections", json={"name": "Long name " * 9, "ids": []}).json()
    try:
        with opened(browser, viewport=PHONE) as page:
            row = search(page, studio, "bicycle bell").first
            row.locator(".rest").click()
            for item in row.get_by_role("menuitem").all():
                assert _width(item) > 150
            row.get_by_role("menuitem", name="Select", exact=True).click()
            expect(page.locator(".selection")).to_be_visible()
            assert _width(page.locator(".selection")) < PHONE["width"]
            page.locator(".selection .clear").click()
            expect(page.locator(".selection")).to_be_hidden()
    finally:
        studio.api.delete(f"/collections/{made['id']}")


def _width(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["width"]
