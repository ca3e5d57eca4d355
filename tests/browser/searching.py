"""What a person does on the pages, and what they wait for before they do it."""

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.conftest import Studio

QUERY = ".st-key-q input"


def search(page: Page, studio: Studio, text: str) -> Locator:
    """Open the first page, type, press Enter; the rows."""
    visit(page, studio.url)
    page.locator(QUERY).fill(text)
    page.locator(QUERY).press("Enter")
    rows = page.get_by_role("list", name=f"Found: {text}").locator("li.row")
    expect(rows.first).to_be_visible()
    settle(page)
    return rows


def visit(page: Page, url: str) -> None:
    """Open a page, and wait until it is all there."""
    page.goto(url)
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing is on its way: what is pressed while rows are made anew is lost."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def add_new(page: Page, studio: Studio, field: str, name: str, added: Callable[[], bool]) -> None:
    """Type a name into a field that takes new ones, and choose what it then offers."""
    offer = page.get_by_role("option", name=f"Add: {name}")

    def chosen() -> bool:
        # On a loaded machine the field drops what is typed or offered as it takes the focus.
        settle(page)
        if added():
            return True
        page.get_by_role("combobox", name=field).fill(name)
        if offer.is_visible():
            with suppress(TimeoutError):  # the offer is gone, so nothing was pressed
                offer.click(timeout=2000)
            settle(page)
        return added()

    studio.wait(chosen)


def listen(page: Page) -> None:
    """From now on remember what the page says, however soon it is gone."""
    page.evaluate(
        """() => {
          const told = (window.told = []);
          const what = { childList: true, characterData: true, subtree: true };
          const watch = (root) => {
            new MutationObserver(note).observe(root, what);
            enter(root);
          };
          const enter = (root) => {  // what lies in a shadow is not told of outside of it
            if (root.shadowRoot) watch(root.shadowRoot);
            root.querySelectorAll?.("*").forEach((each) => {
              if (each.shadowRoot) watch(each.shadowRoot);
            });
          };
          const note = (changes) => {
            for (const change of changes) {
              told.push(change.target.textContent);
              change.addedNodes.forEach(enter);
            }
          };
          watch(document.body);
        }"""
    )


def wait_until_said(page: Page, text: str) -> None:
    """Wait until the page says this, or has said it since :func:`listen`."""
    page.wait_for_function("(text) => window.told.some((each) => each.includes(text))", arg=text)


def position(page: Page) -> float:
    """Where the player is, in seconds."""
    return float(page.evaluate("window.foundsoundPlayer.audio.currentTime"))


def wait_until_it_plays(page: Page, sound_id: str | None = None) -> None:
    """Wait until time passes in the player, of this sound if one is named."""
    page.wait_for_function(
        """(id) => {
          const player = window.foundsoundPlayer;
          if (!player?.track || (id && player.track.id !== id)) return false;
          if (!player.playing && !player.audio.ended) return false;  // a short one may be over
          const played = player.audio.played;
          return played.length > 0 && played.end(0) > played.start(0);
        }""",
        arg=sound_id,
    )
