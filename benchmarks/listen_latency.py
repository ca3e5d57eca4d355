"""From a sound to its event: ``python -m benchmarks.listen_latency``.

A live source plays bursts of a tone into soft noise, in real time, at random places between two
hops. Measured is the time from a burst's first sample to its event, by ``foundsound listen``'s
monitor and by the baseline, a loop that collects one window after the other and then embeds it.
The goal is a hop and one and a half times what embedding a window takes.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator

import numpy as np
from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.measure import out
from foundsound.audio.reader import Floats
from foundsound.embedding.embedder import Embedder
from foundsound.errors import InvalidRequest
from foundsound.listening.detector import Detector, Rules
from foundsound.listening.model import listening_model
from foundsound.listening.monitor import Monitor
from foundsound.listening.source import Source
from foundsound.listening.targets import Targets
from foundsound.search.query.parts import ClipPart
from foundsound.search.strength import scale_of

BLOCK_S = 0.05
BURST_S, GAP_S = 4.0, 5.0
HOP_S, WINDOW_S = 1.0, 3.0
SEED = 5


class Bursts(Source):
    """A live source that notes when each burst begins."""

    def start(self, count: int) -> None:
        """Be ready for ``count`` bursts."""
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "begun", [])

    @property
    def live(self) -> bool:
        """It does not wait for whoever listens."""
        return True

    def blocks(self, rate: int) -> Iterator[Floats]:
        """Noise and bursts, as fast as they sound."""
        chance, noise = random.Random(SEED), np.random.default_rng(SEED)
        size, began = round(BLOCK_S * rate), time.perf_counter()
        burst_at, at = GAP_S + chance.random(), 0
        while len(self.begun) <= self.count + 3:  # type: ignore[attr-defined]
            start_s = at * BLOCK_S
            block = 0.003 * noise.standard_normal(size).astype(np.float32)
            if start_s >= burst_at:
                if start_s - BLOCK_S < burst_at:
                    self.begun.append(began + start_s)  # type: ignore[attr-defined]
                block += tone(size, rate, at * size)
                if start_s + BLOCK_S >= burst_at + BURST_S:
                    burst_at = start_s + GAP_S + chance.random()
            at += 1
            time.sleep(max(began + at * BLOCK_S - time.perf_counter(), 0))
            yield block
        raise InvalidRequest("Bursts were missed; the machine is too busy for this.")


def tone(size: int, rate: int, first: int) -> Floats:
    """The sound that is listened for."""
    return np.asarray(0.4 * np.sin(2 * np.pi * 880 * (first + np.arange(size)) / rate), np.float32)


def by_monitor(source: Bursts, embedder: Embedder, targets: Targets) -> Iterator[float]:
    """When each event was there, by ``foundsound listen``."""
    detector = Detector(Rules(HOP_S, 0.0, 2.0), targets.on, targets.reach)
    monitor = Monitor(source, embedder, targets, detector, WINDOW_S)
    for heard in monitor.listen():
        if any(event.kind == "start" for event in heard.events):
            yield time.perf_counter()


def one_after_the_other(source: Bursts, embedder: Embedder, targets: Targets) -> Iterator[float]:
    """When each event was there, by windows that do not overlap."""
    held, quiet = np.zeros(0, np.float32), True
    for block in source.blocks(embedder.sample_rate):
        held = np.concatenate([held, block])
        if len(held) >= WINDOW_S * embedder.sample_rate:
            strength = targets.strengths(held, embedder.embed_audio([held])[0])[0]
            if strength >= targets.on[0] and quiet:
                yield time.perf_counter()
            quiet, held = bool(strength < targets.on[0]), held[:0]


def latencies(
    listen: Callable[[Bursts, Embedder, Targets], Iterator[float]],
    embedder: Embedder,
    targets: Targets,
    count: int,
) -> list[float]:
    """Seconds from each burst to the first event after it."""
    source = Bursts("device")
    source.start(count)
    told: list[float] = []
    for at in listen(source, embedder, targets):
        told.append(at)
        if len(told) == count:
            break
    begun: list[float] = source.begun  # type: ignore[attr-defined]
    return [at - max(b for b in begun if b <= at) for at in told]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bursts", type=int, default=12)
    count: int = parser.parse_args().bursts
    embedder, calibration = listening_model(bench_settings())
    rate = embedder.sample_rate
    example = tone(round(WINDOW_S * rate), rate, 0)
    vector = embedder.embed_audio([example])
    scale = scale_of(calibration, [ClipPart()], vector, np.ones(1, np.float32))
    targets = Targets(["tone"], vector, [scale], [min(4.0, scale.reach / 2)])
    spent = []
    for _ in range(10):
        started = time.perf_counter()
        embedder.embed_audio([example])
        spent.append(time.perf_counter() - started)
    embed_s = float(np.median(spent))
    table = Table("", "median", "longest", box=None)
    for name, listen in (("foundsound listen", by_monitor), ("baseline", one_after_the_other)):
        found = latencies(listen, embedder, targets, count)
        table.add_row(name, f"{np.median(found):.3f} s", f"{max(found):.3f} s")
    out.print(f"{embedder.name}, hop {HOP_S:g} s, embedding {1000 * embed_s:.1f} ms a window")
    out.print(f"goal: hop + 1.5 x embedding = {HOP_S + 1.5 * embed_s:.3f} s")
    out.print(table)


if __name__ == "__main__":
    main()
