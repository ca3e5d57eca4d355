"""The files that ``foundsound eval`` leaves: where they may lie, and a CSV of the queries."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from foundsound.errors import InvalidRequest
from foundsound.spreadsheet import csv_line

if TYPE_CHECKING:
    from foundsound.evaluation.report import Evaluation
    from foundsound.evaluation.search_report import SearchEvaluation


def check_output(path: Path | None, ending: str, dataset: Path) -> None:
    """Refuse before the work, not after it; and never write over what was given to be read."""
    if path is None:
        return
    if path.suffix.lower() != ending:
        raise InvalidRequest(f"'{path}' must end in {ending}.")
    if path.exists() and dataset.exists() and path.samefile(dataset):
        raise InvalidRequest(f"'{path}' holds the queries; save the results elsewhere.")
    if not path.absolute().parent.is_dir():
        raise InvalidRequest(f"There is no folder '{path.parent}' to save the results in.")
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise InvalidRequest(f"'{path}' cannot be written.")


def save_queries(found: "Evaluation | SearchEvaluation", path: Path) -> None:
    """What each query found: a line a query, and of searches one for each library."""
    from foundsound.evaluation.search_report import SearchEvaluation

    rows = _search_rows(found) if isinstance(found, SearchEvaluation) else _model_rows(found)
    with path.open("w", newline="", encoding="utf-8") as file:
        file.writelines(csv_line(row) for row in rows)


def _model_rows(found: "Evaluation") -> Iterator[list[str | int]]:
    names = [model.name for model in found.models]
    yield ["query", "sounds", *(f"{what}, {name}" for name in names for what in ("place", "first"))]
    for query in found.queries:
        cells = ((query.models[name].rank, query.models[name].first) for name in names)
        yield [query.query, query.sounds, *(cell for pair in cells for cell in pair)]


def _search_rows(found: "SearchEvaluation") -> Iterator[list[str | int | float]]:
    heading = [f"{what}, {mode}" for mode in found.modes for what in ("nDCG@10", "first")]
    yield ["query", "model", "names", "sounds", *heading]
    for query in found.queries:
        cells = ((query.ndcg[mode], next(iter(query.found[mode]), "")) for mode in found.modes)
        yield [
            *(query.query, query.model, query.names, query.right),
            *(cell for pair in cells for cell in pair),
        ]
