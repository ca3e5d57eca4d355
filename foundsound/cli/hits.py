"""Hits for a person at a terminal, for a pipe, and what is wrong with a query."""

import math
import os
from collections.abc import Sequence
from itertools import groupby
from typing import NoReturn

from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table

from foundsound.cli.console import counted, duration, err, fail, out, plain
from foundsound.errors import QueryError
from foundsound.search.clips import Clip
from foundsound.search.facet_results import NONE, RELEVANT, Facets
from foundsound.search.query.parts import EnrolledPart, ItemPart, Part, TextPart
from foundsound.search.results import Hit, MatchedWord, SearchResult

BAR = 6  # characters
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
MOST_SHOWN = 8  # values of a facet


def show(result: SearchResult, typed: str | None, clips: Sequence[Clip]) -> None:
    """Print the hits: a table, or in a pipe a line each.

    Args:
        clips: that came with the query.
    """
    if not out.is_terminal:  # a pipe gets whole paths, one hit a line
        for hit in result.hits:
            print(f"{_number(hit)}\t{hit.start_s:.2f}\t{plain(hit.path)}")
        return
    folder = os.path.commonpath([os.path.dirname(hit.path) for hit in result.hits])
    names = [_name(part, clips) for part in result.parts]
    out.print(_table(result, folder, names))
    note = f"in {plain(folder)}, {result.took_ms:.0f} ms"
    if result.understood and result.understood != " ".join((typed or "").split()):
        note += f", understood as: {result.understood}"
    err.print(f"[dim]{escape(note)}[/]", soft_wrap=True)


def show_languages(result: SearchResult) -> None:
    """Say what was searched in place of texts in other languages."""
    for each in result.searched_as:
        said = f"{plain(each.typed)} ({each.language}): searched as '{plain(each.english)}'"
        err.print(f"[dim]{escape(said)}[/]", soft_wrap=True)


def show_facets(facets: Facets, weak: bool) -> None:
    """Print the counts, a line a facet; in a pipe beside the hits.

    Args:
        weak: hits that are no answers were counted too.
    """
    to = out if out.is_terminal else err
    for facet in facets.facets:
        shown = [f"{plain(each.value)} {each.count:,}" for each in facet.values[:MOST_SHOWN]]
        more = len(facet.values) - MOST_SHOWN
        counts = ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
        to.print(f"[dim]{facet.name:<11}[/] {escape(counts or 'none')}", soft_wrap=True)
    to.print(f"[dim]counted over the {_counted_over(facets, weak)}[/]", soft_wrap=True)


def _counted_over(facets: Facets, weak: bool) -> str:
    if facets.complete:
        return f"{counted(facets.sounds, 'sound')} that fit"
    if facets.sounds == RELEVANT:
        return f"{RELEVANT:,} most relevant sounds"
    if weak:
        return f"{counted(facets.sounds, 'sound')} that were compared"
    answers = counted(facets.sounds, "answer")
    if facets.least is None or not facets.sounds:
        return answers
    if facets.least >= NONE:
        return f"{answers}, found by words alone"
    least = math.floor(1000 * facets.least) / 1000  # short, and not above the weakest
    return f"{answers}; with a filter, --least {least:.10g} finds no others"


def show_place(error: QueryError, typed: str) -> NoReturn:
    """Show a bad query with the wrong place underlined, and end with exit code 2."""
    start, end = error.span
    line = "".join(c if c.isprintable() else " " for c in typed)
    indent, marks = cell_len(line[:start]), max(cell_len(line[start:end]), 1)
    place = f"  {escape(line)}\n  {' ' * indent}[bold red]{'^' * marks}[/]"
    err.print(place, soft_wrap=True)
    fail(str(error))


def _table(result: SearchResult, folder: str, names: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    measured = any(hit.bar is not None for hit in result.hits)
    compared = measured or any(hit.score is not None for hit in result.hits)
    if compared:
        table.add_column("fit" if measured else "score", justify="left" if measured else "right")
    table.add_column("at", justify="right")
    table.add_column("length", justify="right")
    table.add_column("file", overflow="fold")
    told = len(names) > 1 or any(hit.words for hit in result.hits)
    if told:
        table.add_column("why", overflow="fold", style="dim")
    for hit in result.hits:
        name = os.path.relpath(hit.path, folder)
        # A hit in a long recording is worth its second; a short sound starts at its start.
        part = hit.end_s - hit.start_s < hit.duration_s - 0.1
        at = duration(hit.start_s) if part else ""
        fit = [_bar(hit) if measured else _number(hit)] if compared else []
        file = escape(plain(name)) + (" [red](offline)[/]" if hit.offline else "")
        if hit.takes:
            file += f" [dim]+ {counted(len(hit.takes), 'more take')}[/]"
        why = [escape(_why(hit, names))] if told else []
        table.add_row(*fit, at, duration(hit.duration_s), file, *why)
    return table


def _number(hit: Hit) -> str:
    """How well it fits, 0 to 1; its score in a space that was never measured."""
    number = hit.score if hit.bar is None else hit.bar
    return "" if number is None else f"{number:.2f}"


def _bar(hit: Hit) -> str:
    """How well it fits, as a bar and as a number; dim where it is no answer."""
    if hit.bar is None:
        return ""
    full, eighths = divmod(round(hit.bar * BAR * len(EIGHTHS)), len(EIGHTHS))
    bar = "█" * full + EIGHTHS[eighths]
    style = "dim" if hit.weak else "green"
    return f"[{style}]{bar:<{BAR}}[/] {hit.bar:.2f}"


def _why(hit: Hit, names: Sequence[str]) -> str:
    shares = []
    if len(names) > 1:
        shares = [f"{names[r.part]} {r.contribution:+.2f}" for r in hit.reasons]
    for field, words in groupby(sorted(hit.words, key=_field), key=_field):
        shares.append(f"{field}: {' '.join(plain(word.found) for word in words)}")
    if hit.demoted_by is not None:
        shares.append(f"closer to {names[hit.demoted_by]}")
    return ", ".join(shares)


def _field(word: MatchedWord) -> str:
    return word.field.value


def _name(part: Part, clips: Sequence[Clip]) -> str:
    """A part as a person knows it: what was typed, the file's name, the beginning of the id."""
    if isinstance(part, TextPart):
        name = part.text
    elif isinstance(part, ItemPart):
        name = part.sound_id[:8]
    elif isinstance(part, EnrolledPart):
        name = part.name
    else:
        name = os.path.basename(clips[part.clip].name)
    return f"-{plain(name)}" if part.negative else plain(name)
