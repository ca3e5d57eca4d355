"""How long the interface takes, in a real browser: ``python -m benchmarks.ui_latency URL``.

Enter to painted results, less the API's own time (its baseline, measured in the same run), and
from a key press to audio that moves. The interface has to run already, on the demo library.
"""

import argparse
import statistics
import time

from playwright.sync_api import Page

from demo.browser import browser

QUERIES = (
    "rain on a roof", "dog barking", "police siren", "knock on a door", "helicopter", "surf",
    "church bell", "typing on a keyboard", "footsteps on gravel", "glass breaks", "wind howls",
    "engine starts", "crowd", "telephone rings", "fire crackles", "bird song", "guitar chord",
    "water drips", "explosion", "clock ticks",
)  # fmt: skip
EVERY = "dur:>0"
SWITCHES = 20
QUERY = ".st-key-q input"
# From the key press to the first frame that shows other rows than before.
PAINTED = """async (text) => {
  const line = document.querySelector('.st-key-q input');
  const marks = () => performance.getEntriesByName('foundsound-results').length;
  const before = marks();
  const began = performance.now();
  const press = (kind) => line.dispatchEvent(
    new KeyboardEvent(kind, {key: 'Enter', code: 'Enter', keyCode: 13, bubbles: true}));
  press('keydown'); press('keypress'); press('keyup');
  const address = () => new URLSearchParams(location.search).get('q');
  while (marks() === before || address() !== text) {
    if (performance.now() - began > 20000) throw new Error('no results of ' + text);
    await new Promise(requestAnimationFrame);
  }
  const at = performance.getEntriesByName('foundsound-results').at(-1).startTime;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return [at - began, performance.now() - began];
}"""
HEARD = """async () => {
  const player = window.foundsoundPlayer;
  const before = player.track?.id;
  const began = performance.now();
  document.body.dispatchEvent(
    new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true, composed: true}));
  if (player.track?.id === before) return null;
  const audio = player.audio;
  while (!(audio.played.length && audio.played.end(0) > audio.played.start(0))) {
    if (performance.now() - began > 20000) throw new Error('no sound');
    await new Promise((done) => setTimeout(done, 1));
  }
  return performance.now() - began;
}"""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("url", nargs="?", default="http://127.0.0.1:8501")
    url = options.parse_args().url
    with browser() as opened:
        page = opened.new_page(viewport={"width": 1280, "height": 720})
        page.goto(url)
        page.wait_for_selector(QUERY)
        page.wait_for_timeout(1000)
        painted = [_painted(page, text) for text in QUERIES]
        _painted(page, EVERY)  # a list that is long enough to walk through
        page.locator(QUERY).blur()
        told = [each for each in (_heard(page) for _ in range(SWITCHES)) if each is not None]
    api = [took for _, _, took in painted]
    beyond = [whole - took for whole, _, took in painted]
    _print("API's own time", api)
    _print("Enter to results in the page", [whole for whole, _, _ in painted])
    _print("  beyond the API", beyond)
    _print("Enter to two frames later", [later for _, later, _ in painted])
    _print("key to audio that moves", told)


def _painted(page: Page, text: str) -> tuple[float, float, float]:
    page.locator(QUERY).fill(text)
    time.sleep(0.2)
    there, later = page.evaluate(PAINTED, text)
    caption = page.locator("[data-testid=stCaptionContainer]", has_text=" ms ").first
    took = float(caption.inner_text().split(" ms")[0].rpartition(" ")[2])
    return there, later, took


def _heard(page: Page) -> float | None:
    took = page.evaluate(HEARD)
    page.wait_for_timeout(150)
    return None if took is None else float(took)


def _print(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{name:32} p50 {statistics.median(times):6.0f} ms   p95 {p95:6.0f} ms   n {len(times)}")


if __name__ == "__main__":
    main()
