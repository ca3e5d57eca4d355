from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered
from tests.browser.searching import listed, visit, wait_until_it_plays


def test_a_line_around_points_lists_their_sounds(page: Page, studio: Studio) -> None:
    sounds = whole_map(studio)["count"]
    visit(page, f"{studio.url}/map")
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
    with answered(page):
        page.mouse.up()
    expect(page.get_by_role("heading", name=f"{sounds} sounds chosen")).to_be_visible()
    expect(listed(page, "Chosen on the map")).to_have_count(sounds)


def test_hovering_over_a_point_plays_it(page: Page, studio: Studio) -> None:
    (x, y), near = a_point(page, studio)
    page.mouse.move(x, y)
    expect(page.locator(".map .tip")).to_be_visible()
    wait_until_it_plays(page, *near)


def test_a_click_on_a_point_plays_it_when_hovering_shall_not(page: Page, studio: Studio) -> None:
    (x, y), near = a_point(page, studio)
    hear = page.get_by_role("button", name="Hear on hover")
    hear.click()
    expect(hear).to_have_attribute("aria-pressed", "false")
    page.mouse.move(x, y)
    expect(page.locator(".map .ring")).to_be_visible()
    page.wait_for_timeout(300)  # longer than a pointer has to stay
    assert page.evaluate("window.foundsoundPlayer?.track ?? null") is None
    page.mouse.click(x, y)
    wait_until_it_plays(page, *near)


def whole_map(studio: Studio) -> dict[str, Any]:
    """The map, once it has what came into the library last."""

    told: dict[str, Any] = {}

    def whole() -> bool:
        state = studio.api.get("/map/state").json()
        told.update(studio.api.get("/map").json())
        same = state["state"] == "ready" and state["version"] == told["version"]
        return bool(same and told["count"] == studio.api.get("/stats").json()["sounds"])

    studio.wait(whole)
    return told


def a_point(page: Page, studio: Studio) -> tuple[tuple[float, float], list[str]]:
    """Open the map; where one of its points lies on the screen, and what may be meant there."""
    told = whole_map(studio)
    visit(page, f"{studio.url}/map")
    drawn = page.locator(".map[data-drawn]")
    expect(drawn).to_have_attribute("data-drawn", str(told["count"]))
    box = drawn.locator(".canvas").bounding_box()
    assert box is not None
    across, down = (max(1, max(told[axis]) - min(told[axis])) for axis in "xy")
    scale = 0.86 * min(box["width"] / across, box["height"] / down)
    middle = [(max(told[axis]) + min(told[axis])) / 2 for axis in "xy"]
    spots = [
        (
            box["x"] + box["width"] / 2 + (x - middle[0]) * scale,
            box["y"] + box["height"] / 2 - (y - middle[1]) * scale,
        )
        for x, y in zip(told["x"], told["y"], strict=True)
    ]
    x, y = spots[0]
    near = [
        sound_id
        for sound_id, spot in zip(told["ids"], spots, strict=True)
        if abs(spot[0] - x) < 25 and abs(spot[1] - y) < 25
    ]
    return spots[0], near
