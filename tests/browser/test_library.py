import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO, Studio
from tests.browser.searching import add_new, listen, visit, wait_until_said


def test_a_file_that_failed_is_told_and_taken_once_it_is_mended(page: Page, studio: Studio) -> None:
    visit(page, f"{studio.url}/library")
    expect(page.get_by_text("1 file in quarantine")).to_be_visible()
    shutil.copy(DEMO / "Water/splash_big.wav", studio.sounds / "broken.wav")
    listen(page)
    page.get_by_role("button", name="Try all again").click()
    wait_until_said(page, "1 file will be tried again")
    expect(page.locator("[data-testid=stMetricValue]").first).to_have_text("9")


def test_a_drive_that_is_gone_is_offline_and_its_sounds_stay(page: Page, studio: Studio) -> None:
    marker = studio.drive / ".here"
    page.goto(f"{studio.url}/library")
    drive = page.locator("[class*=st-key-root]", has_text="drive")
    expect(drive.get_by_text("online")).to_be_visible()
    hidden = marker.rename(marker.with_name(".gone"))
    try:
        expect(drive.get_by_text("offline", exact=True)).to_be_visible()
        studio.wait(
            lambda: studio.api.post("/search", json={"text": "state:offline"}).json()["hits"]
        )
        page.goto(f"{studio.url}/?q=state%3Aoffline")
        expect(page.locator("li.row .badge.off")).to_have_text("offline")
        expect(page.locator("li.row .play")).to_be_disabled()
    finally:
        hidden.rename(marker)
        studio.wait(lambda: all(r["state"] != "offline" for r in studio.api.get("/roots").json()))


def test_an_api_that_is_away_is_one_sentence_with_a_retry(
    page: Page, tmp_path: Path, dead_interface: str
) -> None:
    page.goto(f"{dead_interface}/?q=rain")
    expect(page.get_by_text("foundsound does not answer")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_sound_is_shown_at_large_and_tagged(page: Page, studio: Studio) -> None:
    hit = studio.api.post("/search", json={"text": "name:guitar*"}).json()["hits"][0]
    visit(page, f"{studio.url}/sound?id={hit['sound_id']}")
    expect(page.get_by_role("heading", name="guitar_two_chords.flac")).to_be_visible()

    def tags() -> list[str]:
        told: list[str] = studio.api.get(f"/sounds/{hit['sound_id']}").json()["tags"]
        return told

    add_new(page, studio, "Tags", "warm", lambda: tags() == ["warm"])
    expect(page.get_by_text("Similar sounds", exact=True)).to_be_visible()
    expect(page.locator("li.row").first).to_be_visible()
