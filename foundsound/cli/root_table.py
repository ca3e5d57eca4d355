"""Roots for a person at a terminal, and for a script."""

import json
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from foundsound.cli.console import plain
from foundsound.root_report import RootReport


def roots_json(reports: Sequence[RootReport]) -> str:
    """A JSON list."""
    return json.dumps([report.model_dump(mode="json") for report in reports], indent=2)


def root_table(reports: Sequence[RootReport]) -> Table:
    """A line a root, and beneath what is to be known of its state."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", justify="right")
    table.add_column("name", overflow="fold")
    table.add_column("state")
    table.add_column("watched")
    table.add_column("files", justify="right")
    table.add_column("waiting", justify="right")
    table.add_column("path", overflow="fold")
    for root in reports:
        path = escape(plain(root.path))
        remarks = [remark for remark in (root.offline_reason, _remark(root)) if remark]
        if remarks:
            path += "\n" + "\n".join(f"[dim]{escape(plain(remark))}[/]" for remark in remarks)
        table.add_row(
            str(root.id),
            escape(plain(root.name)),
            _state(root),
            how_watched(root),
            f"{root.files:,}",
            f"{root.pending:,}" if root.pending else "",
            path,
        )
    return table


def how_watched(root: RootReport) -> str:
    """``native``, ``polling``, or that it is not."""
    return (root.watched_by or "not yet") if root.watched else "no"


def _remark(root: RootReport) -> str | None:
    return root.note if root.watched else "Only 'foundsound index' looks at it."


def _state(root: RootReport) -> str:
    colour = {"online": "green", "offline": "red", "paused": "yellow"}[root.state]
    return f"[{colour}]{root.state}[/]"
