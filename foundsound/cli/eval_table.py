"""The table of ``foundsound eval``: models side by side, chance beside each figure."""

from rich.markup import escape
from rich.table import Table

from foundsound.cli.console import counted, duration, err, out
from foundsound.evaluation.prompts import PLAIN
from foundsound.evaluation.report import Evaluation, Figure, LeftOut, ModelRun, Value

SHOWN = 5  # files left out that are listed; the rest is counted
LEGEND = (
    ("chance, best", "a random order; a perfect one"),
    ("±", "one standard error: smaller differences may be luck"),
    ("green", "ahead of every other model by more than that"),
    ("hit@k", "queries with a right sound among the first k"),
    ("R@k", "right sounds that are among the first k"),
    ("mAP, nDCG", "the same for all k up to 10, early places counting more"),
    ("zero-shot", "sounds that choose a query of their own, at once or among 5"),
    ("P@5", "sounds among the 5 nearest that share a query"),
)


def show(found: Evaluation) -> None:
    """Results on stdout; what they mean and what was left out on stderr."""
    answered = counted(len(found.queries), "description")
    out.print(f"{counted(found.sounds, 'sound')} ({duration(found.audio_s)}), {answered}")
    if found.template != PLAIN:
        out.print(f"template: {found.template}", markup=False, soft_wrap=True)
    out.print(_table(found))
    show_left_out(found.copies, found.left_out, found.unanswered)
    err.print()
    for term, meaning in LEGEND:
        err.print(f"[dim]{term:<14}{meaning}[/]", soft_wrap=True)


def _table(found: Evaluation) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for heading in ("n", "chance", "best"):
        table.add_column(heading, justify="right", style="dim", header_style="dim")
    for name in _headings(found.models):
        table.add_column(escape(name), justify="right", overflow="fold")
    task = ""
    for figure in found.figures:
        if figure.task != task:
            task = figure.task
            table.add_row(f"[bold]{task}[/]")
        levels = (f"{figure.n:,}", f"{figure.chance:.3f}", f"{figure.best:.3f}")
        table.add_row(f"  {figure.name}", *levels, *_cells(figure, found.models))
    table.add_row("[bold]time[/]")
    blank = ("", "", "")
    table.add_row("  load", *blank, *(f"{model.load_s:.1f} s" for model in found.models))
    table.add_row("  sounds", *blank, *(f"{model.embed_s:.1f} s" for model in found.models))
    speeds = (found.audio_s / max(model.embed_s, 1e-9) for model in found.models)
    table.add_row("  x real time", *blank, *(f"{speed:,.0f}" for speed in speeds))
    count = max(1, len(found.queries))
    waits = (1000 * model.text_s / count for model in found.models)
    table.add_row("  a description", *blank, *(f"{wait:.1f} ms" for wait in waits))
    return table


def _cells(figure: Figure, models: list[ModelRun]) -> list[str]:
    values = [figure.values[model.name] for model in models]
    cells = []
    for place, value in enumerate(values):
        error = "" if value.error is None else f"± {value.error:.3f}"
        cell = f"{value.mean:.3f} {error:<7}"
        others = values[:place] + values[place + 1 :]
        ahead = others and all(_ahead(value, other) for other in others)
        cells.append(f"[bold green]{cell}[/]" if ahead else cell)
    return cells


def _ahead(value: Value, other: Value) -> bool:
    return value.mean - other.mean > max(value.error or 0.0, other.error or 0.0)


def _headings(models: list[ModelRun]) -> list[str]:
    """Names without the folders before them, where that leaves them different."""
    short = [model.name.rstrip("/").rpartition("/")[2] for model in models]
    return short if len(set(short)) == len(short) else [model.name for model in models]


def show_left_out(copies: int, left_out: list[LeftOut], unanswered: list[str]) -> None:
    """Which files and queries no figure counts, on stderr."""
    if copies:
        err.print(f"{counted(copies, 'file')} with the content of another: each sound counts once.")
    if left_out:
        err.print(f"[yellow]{counted(len(left_out), 'file')} could not be used:[/]")
        for item in left_out[:SHOWN]:
            err.print(f"  {escape(item.path)}\n    [dim]{escape(item.reason)}[/]", soft_wrap=True)
        if len(left_out) > SHOWN:
            err.print("  … and more: [bold]--output FILE.json[/] saves them all.")
    if unanswered:
        named = ", ".join(f"'{escape(query)}'" for query in unanswered[:SHOWN])
        more = "" if len(unanswered) <= SHOWN else ", …"
        left = counted(len(unanswered), "description")
        err.print(f"[yellow]{left} left out, with no usable file:[/] {named}{more}", soft_wrap=True)
