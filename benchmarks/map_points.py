"""The map of a large library in a real browser: ``python -m benchmarks.map_points``.

Chromium draws without a GPU here, on the CPU: the worst case. The baseline is the same page with
a hundred points, measured in the same run.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Page

from benchmarks.bench_settings import bench_settings
from benchmarks.made_library import fill
from benchmarks.measure import conditions, out, progress_bar
from benchmarks.random_vectors import sound_id
from benchmarks.served import serving
from demo.browser import browser
from foundsound.library import Library
from foundsound.map.layout import Layout
from foundsound.ownership import current_owner
from foundsound.vectors.store import space_name

CLUSTERS = 60
MOVES = 60  # of the pointer, in each gesture
START_S = 60
# Intervals between frames, from a gesture's begin to the first calm moment after it.
FRAMES = """() => {
  const times = (window.frameTimes = []);
  let before = performance.now();
  const frame = (now) => {
    times.push(now - before);
    before = now;
    if (window.frameTimes === times) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


def main() -> None:
    """Make libraries, open their maps, move about, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", nargs="*", type=int, default=[100, 50_000])
    for size in options.parse_args().sizes:
        with tempfile.TemporaryDirectory(prefix="foundsound-map-") as folder:
            _measure(size, Path(folder))
    out.print(f"Chromium without a GPU, {conditions()}")


def _measure(size: int, folder: Path) -> None:
    settings = bench_settings(data_dir=folder / "library", cache_dir=folder / "cache")
    with progress_bar() as bar, Library(settings) as library:
        fill(library, size, folder, bar)
        key = library.space_key
    _layout(size).save(settings.data_dir / "map" / f"{space_name(key)}.npz")
    with serving(settings):
        owner = current_owner(settings.data_dir)
        assert owner is not None
        first, again, sent = _asked(owner.url)
        with _interface(owner.url) as url, browser() as opened:
            page = opened.new_page(viewport={"width": 1280, "height": 720})
            page.goto(f"{url}/map")  # scripts are loaded, the page is known
            page.wait_for_selector(f".map[data-drawn='{size}']", timeout=START_S * 1000)
            begun = time.perf_counter()
            page.reload()
            page.wait_for_selector(f".map[data-drawn='{size}']", timeout=START_S * 1000)
            drawn_s = time.perf_counter() - begun
            out.print(
                f"\n{size:,} points: /map {sent / 1e6:.2f} MB, {first:.2f} s, then {again:.2f} s"
            )
            out.print(f"  reload to drawn {drawn_s:.2f} s")
            for name, gesture in (("hover", _hover), ("drag", _drag), ("zoom", _zoom)):
                out.print(f"  {name:6} {_frames(page, gesture)}")
            out.print(f"  lasso to list {_lasso(page):.2f} s")


def _layout(size: int) -> Layout:
    """Clusters as UMAP makes them: dense cores, a few stragglers."""
    rng = np.random.default_rng(1)
    centres = rng.random((CLUSTERS, 2))
    spread = 0.01 + 0.04 * rng.random(CLUSTERS)
    of = rng.integers(0, CLUSTERS, size)
    points = centres[of] + spread[of, None] * rng.standard_normal((size, 2))
    points = (points - points.min(0)) / np.ptp(points, axis=0).max()
    ids = sorted(sound_id(number) for number in range(size))
    vectors = np.zeros((size, 1), np.float16)
    return Layout(tuple(ids), points.astype(np.float32), vectors, np.zeros(size, bool), "umap")


def _asked(url: str) -> tuple[float, float, int]:
    """Seconds of the first answer that has the map, of the next one, and its bytes on the wire."""
    with httpx.Client(base_url=url, timeout=120, trust_env=False) as client:
        deadline = time.monotonic() + START_S
        while client.get("/map/state").json()["state"] != "ready":
            if time.monotonic() > deadline:
                raise RuntimeError("The map did not become ready.")
            time.sleep(0.2)
        seconds = []
        for _ in range(2):
            begun = time.perf_counter()
            with client.stream("GET", "/map") as answer:
                sent = sum(len(chunk) for chunk in answer.iter_raw())
            seconds.append(time.perf_counter() - begun)
    return seconds[0], seconds[1], sent


@contextmanager
def _interface(api_url: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    told = {"FOUNDSOUND_API_URL": api_url, "FOUNDSOUND_UI_PORT": str(port)}
    with subprocess.Popen([sys.executable, "-m", "ui"], env=os.environ | told) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(10 * START_S):
                try:
                    if httpx.get(f"{url}/_stcore/health", trust_env=False).is_success:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield url
        finally:
            process.terminate()


def _frames(page: Page, gesture: Any) -> str:
    page.wait_for_timeout(500)
    page.evaluate(FRAMES)
    gesture(page)
    page.wait_for_timeout(200)
    times = sorted(
        page.evaluate("() => { const t = window.frameTimes; window.frameTimes = null; return t; }")
    )
    p50, p95 = statistics.median(times), times[int(0.95 * (len(times) - 1))]
    return f"frame p50 {p50:5.1f} ms   p95 {p95:5.1f} ms   longest {times[-1]:5.0f} ms"


def _middle(page: Page) -> tuple[float, float]:
    box = page.locator(".map .canvas").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _hover(page: Page) -> None:
    x, y = _middle(page)
    page.mouse.move(x - 300, y - 100)
    page.mouse.move(x + 300, y + 100, steps=MOVES)


def _drag(page: Page) -> None:
    x, y = _middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y + 60, steps=MOVES)
    page.mouse.up()


def _zoom(page: Page) -> None:
    page.mouse.move(*_middle(page))
    for _ in range(MOVES // 3):
        page.mouse.wheel(0, -60)
        page.wait_for_timeout(16)


def _lasso(page: Page) -> float:
    page.get_by_role("button", name="Whole map").click()
    page.get_by_role("button", name="Lasso").click()
    x, y = _middle(page)
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    for dx, dy in ((60, -60), (60, 60), (-60, 60)):
        page.mouse.move(x + dx, y + dy, steps=3)
    begun = time.perf_counter()
    page.mouse.up()
    page.wait_for_selector("li.row", timeout=START_S * 1000)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
