"""What a person does on the search page."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Studio

QUERY = ".st-key-q input"


def search(page: Page, studio: Studio, text: str) -> Locator:
    """Open the first page, type, press Enter; the rows."""
    page.goto(studio.url)
    page.locator(QUERY).fill(text)
    page.locator(QUERY).press("Enter")
    rows = page.get_by_role("list", name=f"Found: {text}").locator("li.row")
    expect(rows.first).to_be_visible()
    return rows


def position(page: Page) -> float:
    """Where the player is, in seconds."""
    return float(page.evaluate("window.foundsoundPlayer.audio.currentTime"))


def wait_until_it_plays(page: Page, sound_id: str | None = None) -> None:
    """Wait until time passes in the player, of this sound if one is named."""
    page.wait_for_function(
        """(id) => {
          const player = window.foundsoundPlayer;
          if (!player?.playing || (id && player.track.id !== id)) return false;
          const played = player.audio.played;
          return played.length > 0 && played.end(0) > played.start(0);
        }""",
        arg=sound_id,
    )
