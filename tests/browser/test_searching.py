import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered, settle
from tests.browser.searching import (
    QUERY,
    ask,
    found,
    listed,
    listen,
    search,
    visit,
    wait_until_it_plays,
    wait_until_said,
)


def test_the_address_holds_the_query_and_history_goes_back(page: Page, studio: Studio) -> None:
    search(page, studio, "rain")
    page.wait_for_url("**q=rain")
    ask(page, "bicycle bell")
    page.wait_for_url(re.compile("q=bicycle"))
    expect(found(page, "bicycle bell").first.locator(".name")).to_contain_text("bicycle")
    with answered(page):
        page.go_back()
    expect(page.locator(QUERY)).to_have_value("rain")
    expect(found(page, "rain").first.locator(".name")).to_contain_text("rain")
    with answered(page):
        page.go_forward()
    expect(page.locator(QUERY)).to_have_value("bicycle bell")


def test_a_link_to_a_query_opens_it(page: Page, studio: Studio) -> None:
    page.goto(f"{studio.url}/?q=rain+fmt%3Aflac&sort=-duration")
    expect(page.locator(QUERY)).to_have_value("rain fmt:flac")
    expect(page.locator("li.row")).to_have_count(1)
    expect(page.locator(".chips button.filter")).to_contain_text("fmt:flac")


def test_facets_narrow_down_and_chips_widen(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "dur:>0")
    every = rows.count()
    facet = page.locator(".facets button", has_text="flac")
    count = int(facet.locator("b").inner_text())
    with answered(page):
        facet.click()
    expect(found(page, "dur:>0 fmt:flac")).to_have_count(count)
    assert 0 < count < every
    expect(page.locator(QUERY)).to_have_value("dur:>0 fmt:flac")
    expect(facet).to_have_attribute("aria-pressed", "true")
    with answered(page):
        page.locator(".chips button", has_text="fmt:flac").click()
    expect(rows).to_have_count(every)


def test_a_facet_finds_what_it_counted_under_a_description(page: Page, studio: Studio) -> None:
    search(page, studio, "bicycle bell")
    facet = page.locator(".facets button", has_text="wav")
    count = int(facet.locator("b").inner_text())
    assert count > 0
    with answered(page):
        facet.click()
    page.wait_for_url(re.compile("least="))
    expect(page.locator(QUERY)).to_have_value("bicycle bell fmt:wav")
    expect(found(page, "bicycle bell fmt:wav")).to_have_count(count)
    ask(page, "rain")
    page.wait_for_url(re.compile("q=rain$"))  # judged anew


def test_an_upload_is_a_query(page: Page, studio: Studio) -> None:
    visit(page, studio.url)
    page.get_by_role("button", name="Use a sound").click()
    with answered(page):
        page.locator("input[type=file]").set_input_files(studio.sounds / "bicycle_bell_ring.wav")
    expect(page.locator(".chips button.like")).to_contain_text("bicycle_bell_ring.wav")
    first = found(page, "by example").first
    expect(first.locator(".name")).to_have_text("bicycle_bell_ring.wav")
    page.keyboard.press("Escape")
    with answered(page):
        page.locator(".chips button.like").click()
    expect(page.get_by_role("heading", name="Describe a sound, and hear it")).to_be_visible()


def test_what_the_microphone_hears_is_a_query(page: Page, studio: Studio) -> None:
    visit(page, studio.url)
    page.get_by_role("button", name="Use a sound").click()
    recorder = page.locator("[data-testid=stAudioInput]")
    recorder.get_by_role("button", name="Record").click()
    expect(recorder).to_contain_text(re.compile(r"00:0[1-9]|00:[1-5]\d"))
    with answered(page):
        recorder.get_by_role("button", name="Stop").click()
    expect(page.locator(".chips button.like")).to_contain_text("Like Recording")


def test_more_and_less_like_a_sound_go_into_the_query(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "rain")  # said of both, so both stay answers
    first, second = (str(rows.nth(n).get_attribute("data-id")) for n in (0, 1))
    rows.nth(0).hover()
    with answered(page):
        rows.nth(0).locator(".plus").click()
    page.wait_for_url(f"**like={first}**")
    row = page.locator(f"li.row[data-id='{second}']")
    row.hover()
    with answered(page):
        row.locator(".minus").click()
    page.wait_for_url(f"**unlike={second}**")
    expect(page.locator(".chips button.unlike")).to_have_count(1)


def test_a_wrong_filter_is_underlined_with_a_sentence(page: Page, studio: Studio) -> None:
    page.goto(f"{studio.url}/?q=rain+dur%3Aabc")
    expect(page.locator(".st-key-trouble")).to_contain_text("is no value for")
    expect(page.locator(".st-key-trouble mark")).to_contain_text("abc")


def test_paths_are_copied_and_a_choice_becomes_a_collection(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "rain")
    rows.nth(0).hover()
    rows.nth(0).locator(".tick").check()
    rows.nth(1).hover()
    rows.nth(1).locator(".tick").check()
    bar = page.locator(".selection")
    expect(bar).to_contain_text("2 selected")
    listen(page)
    bar.locator(".paths").click()
    wait_until_said(page, "2 paths copied")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert [path.rpartition("/")[0] for path in copied] == [str(studio.sounds)] * 2
    page.once("dialog", lambda dialog: dialog.accept("Storm"))
    bar.locator("select").select_option("new")
    wait_until_said(page, "2 in “Storm”")
    settle(page)
    try:
        with answered(page):
            page.get_by_role("link", name="Collections").click()
        expect(page.get_by_role("heading", name="Storm")).to_be_visible()
        rows = listed(page, "Storm")
        expect(rows).to_have_count(2)
        rows.first.locator(".play").click()
        wait_until_it_plays(page)
    finally:
        for each in studio.api.get("/collections").json():
            studio.api.delete(f"/collections/{each['id']}")


def test_a_choice_is_saved_as_a_table_a_playlist_and_an_archive(page: Page, studio: Studio) -> None:
    rows = search(page, studio, "bicycle bell")
    rows.nth(0).hover()
    rows.nth(0).locator(".tick").check()
    name = rows.nth(0).locator(".name").inner_text()
    for kind, ending in (("csv", "csv"), ("m3u", "m3u8"), ("zip", "zip")):
        with page.expect_download() as told, answered(page):
            page.locator(f".selection .{kind}").click()
        assert told.value.suggested_filename == f"foundsound.{ending}"
        content = told.value.path().read_bytes()
        assert name.encode() in content
