"""A sound of one's own in the search: which one counts, and when it is let go."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered
from tests.browser.searching import ask, found, visit


def test_similar_to_a_sound_is_not_also_like_the_upload(page: Page, studio: Studio) -> None:
    _upload(page, studio, studio.sounds / "bicycle_bell_ring.wav")
    page.keyboard.press("Escape")
    ask(page, "rain")
    row = found(page, "rain").first
    sound_id = row.get_attribute("data-id")
    with answered(page):
        row.locator(".name").click()
    with answered(page):
        page.get_by_role("button", name="Find similar sounds").click()
    page.wait_for_url(f"**/?like={sound_id}")
    expect(found(page, "by example").first).to_be_visible()
    expect(page.locator(".chips button.like")).to_have_count(1)
    expect(page.locator(".chips button.like")).not_to_contain_text("bicycle")


def test_a_recording_after_an_upload_counts_and_the_other_way_round(
    page: Page, studio: Studio
) -> None:
    bell = studio.sounds / "bicycle_bell_ring.wav"
    _upload(page, studio, bell)
    uploaded = page.get_by_role("button", name=f"Remove {bell.name}", exact=True)
    expect(uploaded).to_be_visible()
    recorder = page.locator("[data-testid=stAudioInput]")
    recorder.get_by_role("button", name="Record").click()
    expect(recorder).to_contain_text(re.compile(r"00:0[1-9]|00:[1-5]\d"))
    with answered(page):
        recorder.get_by_role("button", name="Stop").click()
    expect(page.locator(".chips button.like")).to_have_text(re.compile("Like Recording"))
    expect(uploaded).to_have_count(0)
    with answered(page):
        page.locator("input[type=file]").set_input_files(bell)
    expect(page.locator(".chips button.like")).to_have_text(re.compile(bell.name))


def test_what_is_no_sound_is_refused_and_let_go(page: Page, studio: Studio, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# Not a sound\n")
    _upload(page, studio, readme)
    expect(page.get_by_role("alert")).to_contain_text("README.md")
    expect(page.locator(".chips button.like")).to_have_count(0)
    expect(page.get_by_role("heading", name="Describe a sound, and hear it")).to_be_visible()


def _upload(page: Page, studio: Studio, file: Path) -> None:
    visit(page, studio.url)
    page.get_by_role("button", name="Use a sound").click()
    with answered(page):
        page.locator("input[type=file]").set_input_files(file)
