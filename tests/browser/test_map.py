from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio


def test_a_line_around_points_lists_their_sounds(page: Page, studio: Studio) -> None:
    sounds = studio.api.get("/stats").json()["sounds"]
    page.goto(f"{studio.url}/map")
    drawn = page.locator(".map[data-drawn]")
    expect(drawn).to_have_attribute("data-drawn", str(sounds))
    page.get_by_role("button", name="Lasso").click()
    box = drawn.bounding_box()
    assert box is not None
    left, top = box["x"] + 4, box["y"] + 4
    right, bottom = box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()
    expect(page.get_by_role("heading", name=f"{sounds} sounds chosen")).to_be_visible()
    expect(page.locator("li.row")).to_have_count(sounds)
