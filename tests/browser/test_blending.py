"""How sounds and words go together, and what a phone's rows offer."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered, opened, settle
from tests.browser.searching import QUERY, ask, visit


def _ids(studio: Studio, *names: str) -> list[str]:
    hits = studio.api.post("/search", json={"text": "dur:>0", "limit": 50}).json()["hits"]
    by_name = {hit["path"].rpartition("/")[2]: hit["sound_id"] for hit in hits}
    return [by_name[name] for name in names]


def test_words_may_count_more_than_the_sound_they_stand_beside(page: Page, studio: Studio) -> None:
    (guitar,) = _ids(studio, "guitar_two_chords.flac")
    visit(page, f"{studio.url}/?q=rain&like={guitar}")
    first = page.locator("li.row .name").first
    expect(first).to_be_visible()
    slider = page.get_by_role("slider")
    for weight in (2, 4, 8):
        with answered(page):
            slider.press("ArrowRight")
        page.wait_for_url(f"**weight={weight}**")
    expect(page.get_by_text("only the words").first).to_be_visible()
    expect(first).to_contain_text("rain")
    page.reload()
    settle(page)
    expect(page.get_by_text("only the words").first).to_be_visible()
    expect(first).to_contain_text("rain")


def test_between_two_sounds_variety_and_takes_go_into_the_address(
    page: Page, studio: Studio
) -> None:
    guitar, bell = _ids(studio, "guitar_two_chords.flac", "bicycle_bell_ring.wav")
    visit(page, f"{studio.url}/?like={guitar}&like={bell}&weak=1")
    expect(page.locator("li.row").first).to_be_visible()
    with answered(page):
        page.get_by_text("Between these sounds").click()
    page.wait_for_url("**between=1**")
    page.get_by_role("button", name="Options").click()
    variety = page.get_by_role("slider", name="Variety")
    fold = page.get_by_label("Takes of one recording as one")
    expect(fold).to_be_checked()
    expect(page.get_by_label("Show what does not stand out")).to_be_checked()
    with answered(page):
        variety.press("ArrowRight")
    page.wait_for_url(re.compile("weak=1&between=1&variety=0.1$"))
    with answered(page):
        page.get_by_text("Takes of one recording as one").click()
    page.wait_for_url(re.compile("fold=0&weak=1&between=1&variety=0.1$"))
    expect(page.locator("li.row").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(variety).to_have_count(0)
    for _ in range(2):
        with answered(page):
            page.go_back()
    ask(page, "guitar")
    page.wait_for_url(re.compile("q=guitar.*(?<!weak=1)&between=1$"))  # weak ones: of that query
    page.get_by_role("button", name="Options").click()
    expect(page.get_by_label("Show what does not stand out")).not_to_be_checked()
    expect(fold).to_be_checked()
    expect(variety).to_have_value("0")


def test_a_phone_has_every_action_in_a_menu(browser: Browser, studio: Studio) -> None:
    with opened(browser, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        visit(page, f"{studio.url}/?q=heavy+rain")
        row = page.locator("li.row").first
        sound_id = row.get_attribute("data-id")
        opener = row.locator(".rest")
        opener.tap()
        items = page.get_by_role("menuitem")
        expect(items.first).to_be_visible()
        assert {
            "Similar sounds",
            "More like this",
            "Less like this",
            "Select",
            "Copy the path",
            "Open",
        } <= (set(items.all_inner_texts()))
        page.keyboard.press("Escape")
        expect(items).to_have_count(0)
        opener.tap()
        items.get_by_text("Select", exact=True).tap()
        expect(page.locator(".selection .count")).to_have_text("1 selected")
        opener.tap()
        with answered(page):
            items.get_by_text("More like this").tap()
        page.wait_for_url(f"**like={sound_id}**")
        expect(page.locator(QUERY)).to_have_value("heavy rain")
