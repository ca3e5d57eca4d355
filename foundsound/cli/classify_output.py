"""Classification for a person at a terminal, for a pipe, and as a CSV."""

import os
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from foundsound.cli.console import counted, duration, err, out, plain
from foundsound.errors import InvalidRequest
from foundsound.hearing.classifier import Classification, Classified
from foundsound.hearing.scoring import NONE_OF_THESE, LabelScore
from foundsound.spreadsheet import csv_line

BAR = 10  # characters
MOST_SHOWN = 10  # labels of a single sound


def show(found: Classification) -> None:
    """Print the best label of each sound, or of a single one all of them."""
    for warning in found.warnings:
        err.print(f"[yellow]{escape(warning)}[/]", soft_wrap=True)
    heard = [each for each in found.results if each.scores]
    for each in found.results:
        if each.error:
            err.print(f"[red]{escape(plain(each.error))}[/]", soft_wrap=True)
    if not out.is_terminal:
        for each in heard:
            top = each.scores[0]
            print(f"{top.score:.3f}\t{top.label}\t{plain(each.name)}")
    elif len(found.results) == 1 and heard:
        _show_one(heard[0])
    elif heard:
        _show_many(heard)
    if len(found.results) > 1:
        _show_counts(found)


def write_csv(path: Path, found: Classification) -> None:
    """A line a sound: its best label, then the score of every label.

    Raises:
        InvalidRequest: the file cannot be written.
    """
    labels = [*found.labels]
    if any(score.label == NONE_OF_THESE for each in found.results for score in each.scores):
        labels.append(NONE_OF_THESE)
    columns = ["file", "label", "score", "cosine", "strength", "heard", "start_s", "end_s", "error"]
    try:
        with path.expanduser().open("w", newline="", encoding="utf-8") as file:
            file.write(csv_line([*columns, *(f"score: {label}" for label in labels)]))
            for each in found.results:
                by_label = {score.label: score for score in each.scores}
                scores = [_number(by_label[label].score) for label in labels if by_label]
                file.write(csv_line([each.name, *_best(each), each.error or "", *scores]))
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be written: {error.strerror}.") from error


def _best(each: Classified) -> list[str]:
    if not each.scores:
        return [""] * 7
    top = each.scores[0]
    return [
        top.label,
        _number(top.score),
        _number(top.cosine),
        _number(top.strength),
        str(top.heard).lower(),
        _number(top.start_s),
        _number(top.end_s),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _show_one(each: Classified) -> None:
    table = _table("score", "strength", "at", "label")
    for score in each.scores[:MOST_SHOWN]:
        table.add_row(_bar(score), _strength(score), _at(score), escape(plain(score.label)))
    out.print(table)
    left = len(each.scores) - MOST_SHOWN
    if left > 0:
        err.print(f"[dim]and {counted(left, 'more label')}; --json shows all[/]")


def _show_many(heard: list[Classified]) -> None:
    folder = os.path.commonpath([os.path.dirname(os.path.abspath(each.name)) for each in heard])
    table = _table("score", "strength", "at", "label", "file")
    for each in heard:
        top = each.scores[0]
        name = each.name if each.sound_id else os.path.relpath(os.path.abspath(each.name), folder)
        cells = (_bar(top), _strength(top), _at(top), escape(plain(top.label)))
        table.add_row(*cells, escape(plain(name)))
    out.print(table)


def _show_counts(found: Classification) -> None:
    counts = dict.fromkeys(found.labels, 0)
    for each in found.results:
        if each.scores:
            counts[each.scores[0].label] = counts.get(each.scores[0].label, 0) + 1
    told = ", ".join(f"{plain(label)} {count:,}" for label, count in counts.items() if count)
    err.print(f"[dim]{escape(counted(len(found.results), 'sound') + ': ' + told)}[/]")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        right = column in ("strength", "at")
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    return table


def _bar(score: LabelScore) -> str:
    style = "green" if score.heard or score.label == NONE_OF_THESE else "dim"
    bar = "█" * round(score.score * BAR)
    return f"[{style}]{bar:<{BAR}}[/] {score.score:4.0%}"


def _strength(score: LabelScore) -> str:
    return "" if score.strength is None else f"{score.strength:.1f}"


def _at(score: LabelScore) -> str:
    return duration(score.start_s) if score.start_s else ""
