"""The tables of ``foundsound eval --mode``: modes side by side, for all queries and by kind."""

from rich.markup import escape
from rich.table import Table

from foundsound.cli.console import counted, err, out
from foundsound.cli.eval_table import show_left_out
from foundsound.evaluation.judgements import ALL
from foundsound.evaluation.search_report import Gain, SearchEvaluation, SearchFigure, SearchRun

MAIN = "nDCG@10"  # what is shown of each group
LEGEND = (
    ("chance, best", "a random order; a perfect one"),
    ("±", "one standard error: smaller differences may be luck"),
    ("gain", "hybrid against the better of the others; ± of the difference, query by query"),
    ("nDCG@10", "the grades of the first ten, early places counting more; 1 = best order"),
    ("R@10", "sounds of grade 2 and 3 that are among the first ten"),
    ("MRR@10", "1 / the place of the first of them; 0 when there is none"),
)


def show_search(found: SearchEvaluation) -> None:
    """Results on stdout; what they mean and what was left out on stderr."""
    asked = len({outcome.query for outcome in found.queries})
    out.print(f"{counted(found.sounds, 'sound')}, {counted(asked, 'description')}")
    for run in found.runs:
        out.print()
        out.print(f"[bold]{escape(run.model)}, {run.names} names[/]")
        out.print(_table(run, found.modes))
    show_left_out(found.copies, found.left_out, found.unanswered)
    err.print()
    for term, meaning in LEGEND:
        err.print(f"[dim]{term:<14}{meaning}[/]", soft_wrap=True)


def _table(run: SearchRun, modes: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for heading in ("n", "chance", "best"):
        table.add_column(heading, justify="right", style="dim", header_style="dim")
    for mode in modes:
        table.add_column(mode, justify="right")
    if any(figure.gain for figure in run.figures):
        table.add_column("gain", justify="right")
    for figure in run.figures:
        if figure.group == ALL:
            table.add_row(figure.name, *_cells(figure, modes))
    column = ""
    for figure in run.figures:
        if figure.group == ALL or figure.name != MAIN:
            continue
        of, value = figure.group.split("=", 1)
        if of != column:
            column = of
            table.add_row(f"[bold]{escape(of)}, {MAIN}[/]")
        table.add_row(f"  {escape(value)}", *_cells(figure, modes))
    waits = (f"{run.search_ms[mode]:.0f} ms {'':7}" for mode in modes)
    table.add_row("a search", "", "", "", *waits)
    return table


def _cells(figure: SearchFigure, modes: list[str]) -> list[str]:
    values = (figure.values[mode] for mode in modes)
    cells = [
        f"{value.mean:.3f} " + ("" if value.error is None else f"± {value.error:.3f}")
        for value in values
    ]
    levels = (f"{figure.n:,}", f"{figure.chance:.3f}", f"{figure.best:.3f}")
    return [*levels, *cells, *([_gain(figure.gain)] if figure.gain else [])]


def _gain(gain: Gain) -> str:
    error = gain.difference.error
    text = f"{gain.share:+.0%}" + ("" if error is None else f" ± {error:.3f}")
    behind = gain.difference.mean < 0
    return f"[bold red]{text}[/]" if behind else f"[bold green]{text}[/]"
