import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered, settle
from tests.browser.searching import QUERY, ask, found, search, slowly, visit, wait_until_it_plays

PRESS_EACH_HEART = """(rows) => Object.fromEntries(rows.map((row) => {
  const heart = row.querySelector(".fav");
  heart.click();
  return [row.dataset.id, heart.ariaPressed === "true"];
}))"""


def test_the_cursor_is_in_the_box_and_what_is_found_is_heard(page: Page, studio: Studio) -> None:
    visit(page, studio.url)
    expect(page.locator(QUERY)).to_be_focused()
    page.keyboard.type("heavy rain")
    with answered(page):
        page.keyboard.press("Enter")
    row = found(page, "heavy rain").first
    expect(row.locator(".name")).to_contain_text("rain")
    row.locator(".play").click()
    wait_until_it_plays(page, row.get_attribute("data-id"))


def test_playing_starts_at_the_second_that_fits(page: Page, studio: Studio) -> None:
    hits = studio.api.post("/search", json={"text": "thunder", "limit": 50}).json()["hits"]
    late = next(hit for hit in hits if hit["start_s"] > 0)
    search(page, studio, "thunder")
    page.locator(f"li.row[data-id='{late['sound_id']}'] .play").click()
    wait_until_it_plays(page, late["sound_id"])
    began = page.evaluate("window.foundsoundPlayer.audio.played.start(0)")
    assert abs(began - late["start_s"]) < 0.1


def test_one_sound_plays_at_a_time_and_keys_walk_seek_and_stop(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "dur:>7")
    slowly(page)
    page.locator(QUERY).press("ArrowDown")
    wait_until_it_plays(page, rows.nth(0).get_attribute("data-id"))
    page.keyboard.press("ArrowDown")
    wait_until_it_plays(page, rows.nth(1).get_attribute("data-id"))
    expect(page.locator("li.row.playing")).to_have_count(1)
    page.keyboard.press("Space")
    page.wait_for_function("window.foundsoundPlayer.audio.paused")
    page.evaluate("window.foundsoundPlayer.audio.currentTime = 0")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("window.foundsoundPlayer.audio.currentTime > 0.2")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("window.foundsoundPlayer.audio.currentTime < 0.2")
    page.keyboard.press("l")
    assert page.evaluate("window.foundsoundPlayer.audio.loop")


def test_f_marks_a_favourite_and_s_finds_similar_ones(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "guitar")
    sound_id = rows.nth(0).get_attribute("data-id")
    rows.nth(0).locator(".play").click()
    page.keyboard.press("f")
    expect(rows.nth(0).locator(".fav")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("li.row.favourite")).to_have_count(1)
    studio.wait(lambda: studio.api.get(f"/sounds/{sound_id}").json()["favourite"])
    settle(page)
    with answered(page):
        page.keyboard.press("s")
    page.wait_for_url(f"**like={sound_id}**")
    expect(page.locator(".chips button.like")).to_contain_text("guitar")
    expect(page.locator(f"li.row[data-id='{sound_id}']")).to_have_count(0)


def test_marks_set_faster_than_they_are_answered_are_all_kept(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "dur:>0")
    for _ in range(2):
        with answered(page):
            shown: dict[str, bool] = rows.evaluate_all(PRESS_EACH_HEART)

        def kept(shown: dict[str, bool] = shown) -> bool:
            told = studio.api.post("/sounds/summaries", json={"ids": list(shown)}).json()
            return {each["sound_id"]: each["favourite"] for each in told} == shown

        studio.wait(kept)
        assert len(shown) > 3


def test_x_selects_escape_lets_go_and_enter_opens(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "rain")
    page.locator(QUERY).press("ArrowDown")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator(".selection .count")).to_have_text("2 selected")
    page.keyboard.press("Escape")
    expect(page.locator(".selection")).to_be_hidden()
    second = rows.nth(1).get_attribute("data-id")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sound?id={second}")


def test_playing_goes_on_while_the_page_changes(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "dur:>60")  # longer than a page takes
    rows.nth(0).locator(".play").click()
    wait_until_it_plays(page)
    with answered(page):
        page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    assert page.evaluate("window.foundsoundPlayer.playing")
    expect(page.locator("#foundsound-dock section")).to_be_visible()


def test_enter_opens_what_was_clicked_and_presses_what_tab_has_reached(
    page: Page, studio: Studio
) -> None:
    row = search(page, studio, "dur:>60").first  # long enough to be heard while it is looked at
    sound_id = row.get_attribute("data-id")
    row.locator(".tick").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_until_it_plays(page, sound_id)
    row.locator(".play").click()
    page.wait_for_function("window.foundsoundPlayer.audio.paused")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sound?id={sound_id}")


def test_a_sound_that_cannot_be_played_is_not_shown_as_playing(page: Page, studio: Studio) -> None:
    row = search(page, studio, "dur:>60").first
    audio = re.compile(r"/sounds/[^/]+/(rendition|audio)")
    page.route(audio, lambda route: route.fulfill(status=404))
    row.locator(".time").click()
    dock = page.locator("#foundsound-dock section")
    expect(dock.locator(".time")).to_have_text("cannot be played")
    expect(dock.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(row.locator(".play")).to_have_attribute("aria-label", re.compile("^Play "))
    expect(row).not_to_have_class(re.compile("current|playing"))
    page.unroute(audio)
    row.locator(".time").click()  # once its file is there again
    wait_until_it_plays(page, row.get_attribute("data-id"))
    expect(row).to_have_class(re.compile("current playing"))
    expect(dock.locator(".time")).not_to_have_text("cannot be played")


def test_a_waveform_that_did_not_come_is_asked_for_with_the_next_list(
    page: Page, studio: Studio
) -> None:
    peaks, asked = re.compile(r"/sounds/[^/]+/peaks"), []

    def refused(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503)

    page.route(peaks, refused)
    first = str(search(page, studio, "dur:>60").first.get_attribute("data-id"))
    studio.wait(lambda: page.evaluate("1") and [url for url in asked if first in url])
    settle(page)
    page.unroute(peaks)
    with page.expect_response(lambda told: f"{first}/peaks" in told.url) as again:
        ask(page, "dur:>50")
    assert again.value.ok
