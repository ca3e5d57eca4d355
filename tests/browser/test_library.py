import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO, Studio
from tests.browser.searching import add_new, listed, listen, visit, wait_until_said


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


def test_what_fails_meanwhile_is_listed_and_what_is_typed_stays(page: Page, studio: Studio) -> None:
    visit(page, f"{studio.url}/library")
    before = studio.api.get("/failed").json()["quarantined"]
    field = page.get_by_role("textbox", name="Add a folder")
    field.press_sequentially("/mnt/half")  # and not sent
    bad = studio.drive / "bad.wav"
    bad.write_bytes(b"RIFF, but no more of it either")
    try:
        said = "1 file in quarantine" if not before else f"{before + 1} files in quarantine"
        expect(page.get_by_text(said)).to_be_visible()
        expect(field).to_have_value("/mnt/half")
    finally:
        bad.unlink()
        studio.wait(lambda: studio.api.get("/failed").json()["quarantined"] == before)


def test_a_folder_that_is_gone_is_no_loss_to_be_accepted(page: Page, studio: Studio) -> None:
    visit(page, f"{studio.url}/library")
    drive = page.locator("[class*=st-key-root]", has_text="drive")
    away = studio.drive.rename(studio.drive.with_name("unplugged"))
    try:
        expect(drive.get_by_text("if it is gone for good, remove it")).to_be_visible()
        expect(drive.get_by_role("button", name="It was deleted")).to_have_count(0)
        studio.drive.mkdir()
        (studio.drive / ".here").touch()  # the marker alone: a drive that was emptied
        expect(drive.get_by_text("vanished")).to_be_visible()
        drive.get_by_role("button", name="It was deleted").click()
        expect(page.get_by_role("button", name="Take them out")).to_be_visible()
    finally:
        shutil.rmtree(studio.drive, ignore_errors=True)
        away.rename(studio.drive)
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


def test_less_like_this_beside_a_sound_searches_for_the_others(page: Page, studio: Studio) -> None:
    hit = studio.api.post("/search", json={"text": "name:guitar*"}).json()["hits"][0]
    visit(page, f"{studio.url}/sound?id={hit['sound_id']}")
    row = listed(page, "Similar sounds").first
    other = row.get_attribute("data-id")
    row.hover()
    row.get_by_role("button", name="Less like this").click()
    page.wait_for_url(f"**/?like={hit['sound_id']}&unlike={other}")
    expect(page.get_by_text("Not like ")).to_be_visible()
