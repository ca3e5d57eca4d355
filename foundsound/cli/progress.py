"""The progress bar of an index run, and the summary at its end."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from foundsound.cli.console import counted, duration, err
from foundsound.indexing import IndexProgress, ProgressListener

SHOWN = 20  # problems listed; the rest is counted


def counting_bar() -> Progress:
    """A bar whose tasks have a field ``counts``; gone when it ends, and silent in a pipe."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


@contextlib.contextmanager
def show_progress() -> Iterator[ProgressListener]:
    """A bar with files/s, seconds of audio per second, and time left; give it each new count."""
    with counting_bar() as bar:
        task = bar.add_task("Scanning", total=None, counts="")
        started = time.monotonic()

        told = ""

        def listener(progress: IndexProgress) -> None:
            nonlocal started, told
            if progress.message != told and progress.state != "failed":
                told = progress.message
                err.print(f"[yellow]{escape(told or 'It is back; going on.')}[/]", soft_wrap=True)
            if progress.state == "comparing":
                bar.update(
                    task,
                    description="Comparing",
                    total=max(progress.files_total, 1),
                    completed=progress.files_done,
                    counts=f"{progress.files_done:,}/{progress.files_total:,} sounds",
                )
            if progress.state == "indexing":
                if progress.files_done == 0:
                    started = time.monotonic()
                spent = max(time.monotonic() - started, 1e-3)
                counts = (
                    f"{progress.files_done:,}/{progress.files_total:,} files  "
                    f"{progress.files_done / spent:,.1f} files/s  "
                    f"{progress.audio_s / spent:,.0f} s audio/s"
                )
                # Bytes, because they tell the time left better than files of any length.
                bar.update(
                    task,
                    description="Indexing",
                    total=max(progress.bytes_total, 1),
                    completed=progress.bytes_done,
                    counts=counts,
                )

        yield listener


@contextlib.contextmanager
def quiet_decoders() -> Iterator[None]:
    """Keep what C libraries write to the terminal, such as mpg123's notes, out of the bar.

    What is wrong with a file is told by its reason; Python's own messages still appear.
    """
    python_stderr = sys.stderr
    sys.stderr.flush()
    terminal = os.dup(2)
    with open(terminal, "w", buffering=1) as kept, open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        sys.stderr = kept
        try:
            yield
        finally:
            kept.flush()
            os.dup2(terminal, 2)
            sys.stderr = python_stderr


def show_summary(progress: IndexProgress) -> None:
    """What the run did, and which files could not be used."""
    known = progress.unchanged or progress.moved or progress.resumed
    if not (progress.new or progress.changed or known):
        err.print("No audio files were found there.")
    ended = "Stopped" if progress.state == "stopped" else "Done"
    parts = [
        f"{counted(progress.embedded, 'sound')} indexed ({duration(progress.audio_s)} of audio)",
        f"{counted(progress.unchanged, 'file')} unchanged",
    ]
    if progress.moved:
        parts.append(f"{counted(progress.moved, 'file')} moved")
    if progress.duplicates:
        parts.append(f"{counted(progress.duplicates, 'further file')} with known content")
    if progress.elsewhere:
        parts.append(f"{counted(progress.elsewhere, 'file')} done by other workers")
    if progress.described:
        parts.append(f"metadata of {counted(progress.described, 'known sound')} read")
    if progress.analysed:
        parts.append(f"{counted(progress.analysed, 'known sound')} analysed")
    if progress.missing:
        parts.append(f"{counted(progress.missing, 'file')} gone")
    err.print(f"{ended} in {progress.seconds:.1f} s: {', '.join(parts)}.")
    if progress.state == "stopped":
        err.print("What is done is kept; run the same command again to go on.")
    show_problems(progress)


def show_problems(progress: IndexProgress) -> None:
    """Which files could not be used, and why."""
    if progress.problem_count:
        err.print(f"[yellow]{counted(progress.problem_count, 'file')} could not be used:[/]")
        for item in progress.problems[:SHOWN]:
            err.print(f"  {escape(item.path)!s}\n    [dim]{escape(item.reason)}[/]", soft_wrap=True)
        if progress.problem_count > SHOWN:
            err.print("  … and more: [bold]foundsound failed[/] lists them.")
