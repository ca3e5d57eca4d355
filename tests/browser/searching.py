"""What a person does on the pages, and what they wait for before they do it."""

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.conftest import Studio
from tests.browser.pages import answered, settle

QUERY = ".st-key-q input"
OFFER_MS = 5000


def search(page: Page, studio: Studio, text: str) -> Locator:
    """Open the first page, type, press Enter; the rows."""
    visit(page, studio.url)
    ask(page, text)
    rows = found(page, text)
    expect(rows.first).to_be_visible()
    return rows


def ask(page: Page, text: str) -> None:
    """Type, and press Enter."""
    page.locator(QUERY).fill(text)
    with answered(page):
        page.locator(QUERY).press("Enter")


def found(page: Page, text: str) -> Locator:
    """The rows of what was found for a text, and of nothing that was listed before."""
    return listed(page, f"Found: {text}")


def listed(page: Page, label: str) -> Locator:
    """The rows of the list with this label."""
    return page.get_by_role("list", name=label, exact=True).locator("li.row")


def visit(page: Page, url: str) -> None:
    """Open a page, and wait until it is all there."""
    page.goto(url)
    settle(page)


def add_new(page: Page, studio: Studio, field: str, name: str, added: Callable[[], bool]) -> None:
    """Type a name into a field that takes new ones, and choose what it then offers."""
    offer = page.get_by_role("option", name=f"Add: {name}")

    def chosen() -> bool:
        # The field drops what is typed before it has taken the focus.
        settle(page)
        if added():
            return True
        page.get_by_role("combobox", name=field).click()
        page.get_by_role("combobox", name=field).fill(name)
        with suppress(TimeoutError, AssertionError), answered(page, OFFER_MS):
            offer.click(timeout=OFFER_MS)
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


def slowly(page: Page) -> None:
    """Let sounds last ten times as long, so that none ends before it is looked at."""
    page.evaluate("window.foundsoundPlayer.audio.defaultPlaybackRate = 0.1")


def wait_until_it_plays(page: Page, *sound_ids: str | None) -> None:
    """Wait until time passes in the player, of one of these sounds if any is named."""
    page.wait_for_function(
        """(ids) => {
          const player = window.foundsoundPlayer;
          if (!player?.track || (ids.length && !ids.includes(player.track.id))) return false;
          if (!player.playing && !player.audio.ended) return false;  // a short one may be over
          const played = player.audio.played;
          return played.length > 0 && played.end(0) > played.start(0);
        }""",
        arg=list(sound_ids),
    )
