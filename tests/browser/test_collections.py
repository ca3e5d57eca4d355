from contextlib import suppress

from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered, settle
from tests.browser.searching import OFFER_MS, add_new, listed, visit


def test_a_collection_is_put_in_order_by_keys_and_by_dragging(page: Page, studio: Studio) -> None:
    hits = studio.api.post("/search", json={"text": "dur:>0", "limit": 3}).json()["hits"]
    first, second, third = ids = [hit["sound_id"] for hit in hits]
    made = studio.api.post("/collections", json={"name": "Scene 12", "ids": ids}).json()
    path = f"/collections/{made['id']}"

    def order() -> list[str]:
        return [each["sound_id"] for each in studio.api.get(path).json()["items"]]

    try:
        visit(page, f"{studio.url}/collections?id={made['id']}")
        rows = listed(page, "Scene 12")
        expect(rows).to_have_count(3)
        page.keyboard.press("ArrowDown")
        with answered(page):
            page.keyboard.press("Alt+ArrowDown")
        studio.wait(lambda: order() == [second, first, third])
        expect(rows.nth(1)).to_have_attribute("data-id", first)
        with answered(page):
            rows.nth(2).locator(".about").drag_to(
                rows.nth(0).locator(".about"), target_position={"x": 5, "y": 2}
            )
        studio.wait(lambda: order() == [third, second, first])
        page.reload()
        expect(rows.nth(0)).to_have_attribute("data-id", third)
    finally:
        studio.api.delete(path)


def test_a_sound_is_put_into_collections_on_its_page(page: Page, studio: Studio) -> None:
    hit = studio.api.post("/search", json={"text": "name:hum*"}).json()["hits"][0]
    visit(page, f"{studio.url}/sound?id={hit['sound_id']}")

    def held() -> list[str]:
        told = studio.api.get(f"/sounds/{hit['sound_id']}").json()["collections"]
        return [each["name"] for each in told]

    try:
        add_new(page, studio, "Collections", "Drones", lambda: held() == ["Drones"])
        page.reload()  # a new choice makes the field anew, and keys pressed meanwhile are lost
        expect(page.get_by_text("Drones", exact=True).first).to_be_visible()
        settle(page)

        def taken_out() -> bool:
            # On a loaded machine the field drops what is pressed as it takes the focus.
            with suppress(AssertionError), answered(page, OFFER_MS):
                page.get_by_role("combobox", name="Collections").press("Backspace")
            return held() == []

        studio.wait(taken_out)
    finally:
        for each in studio.api.get("/collections").json():
            if each["name"] == "Drones":
                studio.api.delete(f"/collections/{each['id']}")


def test_zooming_keeps_the_spectrogram_under_the_waveform(page: Page, studio: Studio) -> None:
    hit = studio.api.post("/search", json={"text": "name:hum*"}).json()["hits"][0]
    visit(page, f"{studio.url}/sound?id={hit['sound_id']}")
    picture = page.locator(".sound .picture img")
    expect(picture).to_be_visible()
    page.wait_for_function(
        "(img) => img.complete && img.naturalWidth > 0", arg=picture.element_handle()
    )
    expect(page.locator(".sound .wave canvas").first).to_be_visible()
    before = picture.bounding_box()
    zoom = page.get_by_role("slider", name="Zoom waveform and spectrogram")
    for _ in range(8):  # two doublings
        zoom.press("ArrowRight")
    expect(zoom).to_have_value("2")
    after = picture.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["width"] / before["width"] - 4) < 0.05
    assert after["height"] == before["height"]
