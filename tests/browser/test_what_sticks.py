"""What a query was widened by is said on the page, and goes with the query."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered
from tests.browser.searching import ask, visit

NEAREST = "Show the nearest all the same"


def test_what_widens_a_query_is_shown_and_weak_ones_end_with_it(page: Page, studio: Studio) -> None:
    visit(page, f"{studio.url}/?q=thunder&fold=0&weak=1")
    chips = page.locator(".chips button.option")
    expect(chips).to_have_count(2)
    ask(page, "rain")
    page.wait_for_url(re.compile(r"\?q=rain&fold=0$"))
    expect(chips).to_have_count(1)
    with answered(page):
        chips.click()
    page.wait_for_url(re.compile(r"\?q=rain$"))
    expect(chips).to_have_count(0)


def test_the_nearest_are_not_offered_where_a_filter_shuts_all_out(
    page: Page, studio: Studio
) -> None:
    visit(page, f"{studio.url}/?q=dur%3A%3E9999")
    expect(page.locator(".st-key-nothing")).to_contain_text("No sound fits all of this")
    expect(page.get_by_role("button", name=NEAREST)).to_have_count(0)
