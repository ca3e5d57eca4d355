"""What every benchmark shares: memory, percentiles, child processes, tables and progress."""

import os
import platform
import resource
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

MB = 1e6  # megabytes are decimal here: the stricter reading of a target
P = ParamSpec("P")
T = TypeVar("T")

# In a file or a pipe rich would fold tables at 80 columns.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
err = Console(stderr=True, highlight=False)


def rss_mb() -> float:
    """Memory of this process now; where the system does not tell, its peak so far."""
    return _kernel_mb("VmRSS") or peak_rss_mb()


def peak_rss_mb() -> float:
    """The most memory this process ever had.

    Linux is asked for the high-water mark of the address space: ``ru_maxrss`` survives exec, so a
    child would be charged with what its parent had when it was started.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    return _kernel_mb("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MB


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """A percentile of durations, in milliseconds."""
    return float(np.percentile(seconds, percent)) * 1000


def in_child(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a module-level function in a fresh process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def progress_bar() -> Progress:
    """A bar on stderr; results go to stdout."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )


def conditions() -> str:
    """Where and when the figures were made, and how busy the machine was with other work."""
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    today = datetime.now(UTC).date()
    return f"{today}, {os.cpu_count()} cores, Python {platform.python_version()}{load}"


def _kernel_mb(field: str) -> float | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines[field].split()[0]) * 1024 / MB
