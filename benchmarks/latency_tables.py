"""The tables of ``search_latency``: figures of each size side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from benchmarks.measure import out, percentile_ms
from benchmarks.served import Answer

if TYPE_CHECKING:
    from benchmarks.search_latency import Measured

STEPS = {
    "embed": "embedding the text",
    "dense": "engine, dense",
    "lexical": "engine, lexical",
    "sql": "catalogue",
    "version": "catalogue, its version",
    "search": "rest of the search",
    "answer": "serialisation",
    "request": "reading the request",
    "http": "HTTP, client's side",
}
# In another thread, while the text is embedded.
MEANWHILE = {
    "lexical-aside": "engine, lexical",
    "sql-aside": "catalogue",
    "version-aside": "catalogue, its version",
}
ENGINE = ("embed", "dense", "lexical")  # what the goal leaves out
DENSE, LEXICAL = ("dense",), ("lexical", "lexical-aside")
WAITED_FOR = ("dense", "lexical")
OUTSIDE_MS = 5.0  # p50 of the rest
SLOWDOWN = 3.0  # p95 while indexing, times that of idle
CALLS = 2.0  # of the engine, for a query of both


def print_tables(sizes: Sequence["Measured"]) -> None:
    """End to end, shares of the steps, baselines, making."""
    for title, rows in (
        ("end to end over HTTP, ms", _end_to_end(sizes)),
        ("goals", _goals(sizes)),
        ("hybrid: mean of each step, ms (share)", _steps(sizes)),
        ("nearest sounds by vector alone, ms", _baselines(sizes)),
        ("making the library", _making(sizes)),
    ):
        table = Table(title, *(f"{size.sounds:,} sounds" for size in sizes))
        for row in rows:
            table.add_row(*row)
        out.print(table)


def _end_to_end(sizes: Sequence["Measured"]) -> list[list[str]]:
    rows = [
        [f"{mode}, p50 / p95", *(_both([a.seconds for a in size.idle[mode]]) for size in sizes)]
        for mode in sizes[0].idle
    ]
    rows.append(
        [
            "outside embedder and engine, p50 / p95",
            *(_both([_outside(a) for a in size.idle["hybrid"]]) for size in sizes),
        ]
    )
    rows.append(
        [
            "hybrid while indexing, p50 / p95 (queries)",
            *(
                f"{_both([a.seconds for a in size.ingesting])} ({len(size.ingesting)})"
                for size in sizes
            ),
        ]
    )
    rows.append(
        [
            "statements of the catalogue, mean of hybrid",
            *(f"{_calls(size, ('sql', 'sql-aside')):.1f}" for size in sizes),
        ]
    )
    return rows


def _goals(sizes: Sequence["Measured"]) -> list[list[str]]:
    rows = []
    for name, most, measure in (
        ("outside embedder and engine, p50 ms", OUTSIDE_MS, _outside_ms),
        ("p95 while indexing / idle", SLOWDOWN, _slowdown),
        ("calls of the dense index, mean of hybrid", CALLS, lambda size: _calls(size, DENSE)),
        ("calls of the lexical one", CALLS, lambda size: _calls(size, LEXICAL)),
        ("calls of both together", CALLS, lambda size: _calls(size, DENSE + LEXICAL)),
        ("of them once the text is embedded", CALLS, lambda size: _calls(size, WAITED_FOR)),
    ):
        figures = [(measure(size), most) for size in sizes]
        cells = [f"{is_:.1f}: {'PASS' if is_ <= goal else 'missed'}" for is_, goal in figures]
        rows.append([f"{name} (≤ {most:g})", *cells])
    return rows


def _steps(sizes: Sequence["Measured"]) -> list[list[str]]:
    columns = [_mean_steps(size.idle["hybrid"]) for size in sizes]
    totals = [sum(column.values()) for column in columns]
    rows = [
        [
            label,
            *(
                f"{column[step]:.2f} ({column[step] / total:.0%})"
                for column, total in zip(columns, totals, strict=True)
            ),
        ]
        for step, label in STEPS.items()
    ]
    for step, label in MEANWHILE.items():
        means = [_mean_ms(size.idle["hybrid"], step) for size in sizes]
        rows.append([f"while the text is embedded: {label}", *(f"{ms:.2f}" for ms in means)])
    return rows


def _baselines(sizes: Sequence["Measured"]) -> list[list[str]]:
    engine = [[a.steps.get("dense", 0.0) for a in size.idle["dense"]] for size in sizes]
    rows = [["foundsound, engine alone, p50 / p95", *map(_both, engine)]]
    for name in dict.fromkeys(name for size in sizes for name in size.baselines_s):
        cells = []
        for size, ours in zip(sizes, engine, strict=True):
            theirs = size.baselines_s.get(name)
            if theirs is None:
                cells.append("not run")
                continue
            ratio = percentile_ms(theirs, 50) / percentile_ms(ours, 50)
            cells.append(f"{_both(theirs)}, ratio {ratio:.1f}")
        rows.append([f"baseline: {name}, p50 / p95", *cells])
    rows.append(["recall@10 against numpy", *(f"{size.recall:.4f}" for size in sizes)])
    return rows


def _making(sizes: Sequence["Measured"]) -> list[list[str]]:
    return [
        ["rows of the catalogue, s", *(f"{size.made.rows_s:.1f}" for size in sizes)],
        ["vectors, s", *(f"{size.made.vectors_s:.1f}" for size in sizes)],
        ["words, s", *(f"{size.made.words_s:.1f}" for size in sizes)],
        ["serve: until it is ready, s", *(f"{size.open_s:.1f}" for size in sizes)],
        ["indexing while it answers, s", *(f"{size.ingest_s:.1f}" for size in sizes)],
    ]


def _both(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    return f"{percentile_ms(seconds, 50):.1f} / {percentile_ms(seconds, 95):.1f}"


def _outside(answer: Answer) -> float:
    return answer.seconds - sum(answer.steps.get(step, 0.0) for step in ENGINE)


def _outside_ms(size: "Measured") -> float:
    return percentile_ms([_outside(a) for a in size.idle["hybrid"]], 50)


def _slowdown(size: "Measured") -> float:
    if not size.ingesting:
        return float("nan")
    busy = percentile_ms([a.seconds for a in size.ingesting], 95)
    return busy / percentile_ms([a.seconds for a in size.idle["hybrid"]], 95)


def _calls(size: "Measured", steps: Sequence[str]) -> float:
    asked = size.idle["hybrid"]
    return sum(a.calls.get(step, 0) for a in asked for step in steps) / len(asked)


def _mean_ms(answers: Sequence[Answer], step: str) -> float:
    return float(np.mean([a.steps.get(step, 0.0) for a in answers])) * 1000


def _mean_steps(answers: Sequence[Answer]) -> dict[str, float]:
    """Mean milliseconds of each step; what the server's clock does not see is HTTP."""
    means = {step: _mean_ms(answers, step) for step in STEPS}
    total = float(np.mean([a.steps["total"] for a in answers])) * 1000
    means["request"] = total - sum(means.values())
    means["http"] = float(np.mean([a.seconds for a in answers])) * 1000 - total
    return means
