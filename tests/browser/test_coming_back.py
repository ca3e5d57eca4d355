"""What the browser's back leads to from another page, and what the page then shows."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered
from tests.browser.searching import QUERY, found, listed, search, visit

RAIN = re.compile(r"/\?q=rain$")


def test_back_from_a_sound_is_the_search_it_was_opened_from(page: Page, studio: Studio) -> None:
    row = search(page, studio, "rain").first
    sound_id = row.get_attribute("data-id")
    with answered(page):
        row.locator(".name").click()
    page.wait_for_url(f"**/sound?id={sound_id}")
    similar = page.get_by_role("button", name="Find similar sounds")
    expect(similar).to_be_visible()
    with answered(page):
        similar.click()
    page.wait_for_url(f"**/?like={sound_id}")
    with answered(page):
        page.go_back()
    expect(page).to_have_url(f"{studio.url}/sound?id={sound_id}")
    expect(similar).to_be_visible()
    with answered(page):
        page.go_back()
    expect(page).to_have_url(RAIN)
    expect(found(page, "rain").first).to_be_visible()
    expect(page.locator(QUERY)).to_have_value("rain")
    with answered(page):
        page.go_forward()
    expect(page).to_have_url(f"{studio.url}/sound?id={sound_id}")
    expect(similar).to_be_visible()


def test_back_from_what_is_like_a_sound_is_its_collection(page: Page, studio: Studio) -> None:
    hit = studio.api.post("/search", json={"text": "name:hum*"}).json()["hits"][0]
    made = [
        studio.api.post("/collections", json={"name": name, "ids": [hit["sound_id"]]}).json()
        for name in ("Aside", "Back here")
    ]
    try:
        visit(page, f"{studio.url}/collections?id={made[1]['id']}")
        row = listed(page, "Back here").first
        row.hover()
        with answered(page):
            row.locator(".plus").click()
        page.wait_for_url(f"**/?like={hit['sound_id']}")
        with answered(page):
            page.go_back()
        expect(page).to_have_url(f"{studio.url}/collections?id={made[1]['id']}")
        expect(page.get_by_role("heading", name="Back here")).to_be_visible()
    finally:
        for each in made:
            studio.api.delete(f"/collections/{each['id']}")


@pytest.mark.parametrize("name", ["Library", "Settings"])
def test_the_line_still_says_what_is_listed(page: Page, studio: Studio, name: str) -> None:
    search(page, studio, "rain")
    with answered(page):
        page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    with answered(page):
        page.go_back()
    expect(found(page, "rain").first).to_be_visible()
    expect(page.locator(QUERY)).to_have_value("rain")
