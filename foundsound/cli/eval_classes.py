"""The tables of ``foundsound eval --zero-shot``: class by class."""

from rich.markup import escape
from rich.table import Table

from foundsound.cli.console import err, out
from foundsound.evaluation.report import Evaluation


def show_classes(found: Evaluation) -> None:
    """A table a model, the classes that are recognised worst first; nothing unless asked for."""
    if not found.zero_shot:
        return
    for model, outcome in found.zero_shot.items():
        right = sum(each.right for each in outcome.classes)
        sounds = sum(each.sounds for each in outcome.classes)
        out.print()
        accuracy = right / max(sounds, 1)
        told = f"zero-shot with {model}: {right:,} of {sounds:,} right, accuracy {accuracy:.3f}"
        out.print(told, markup=False, soft_wrap=True)
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("class", overflow="fold")
        for column in ("n", "recall", "precision"):
            table.add_column(column, justify="right")
        table.add_column("taken for", overflow="fold")
        for each in sorted(outcome.classes, key=lambda each: (each.recall, each.label)):
            taken = "" if each.taken_for is None else f"{each.taken_for} ({each.taken})"
            precision = "" if each.precision is None else f"{each.precision:.2f}"
            cells = (f"{each.sounds:,}", f"{each.recall:.2f}", precision)
            table.add_row(escape(each.label), *cells, escape(taken))
        out.print(table)
    err.print()
    err.print("[dim]recall: sounds of the class that choose it; precision: of those that choose[/]")
    err.print("[dim]it, the right ones; taken for: what its other sounds choose oftenest[/]")
