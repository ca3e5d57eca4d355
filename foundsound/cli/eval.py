"""``foundsound eval``: which model finds the sounds of one's own library best."""

import contextlib
import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import err
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest

if TYPE_CHECKING:
    from foundsound.evaluation.evaluate import Listener
    from foundsound.evaluation.report import Evaluation


def evaluate(
    dataset: Annotated[
        Path,
        typer.Argument(help="CSV of query,path[,path…] lines, or a folder laid out like ESC-50."),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Model to judge; give it once for each."),
    ] = None,
    template: Annotated[
        str, typer.Option(help="Put around each query, as in 'This is a sound of {}.'")
    ] = "{}",
    pool: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Rank the sounds of this folder among the others."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Save everything here.")
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Save what each query found, a line a query."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Judge models on sounds whose descriptions are known. No library is touched."""
    settings = command_settings()
    for path, ending in ((output, ".json"), (queries, ".csv")):
        _check_output(path, ending, dataset)
    from foundsound.cli.eval_table import show
    from foundsound.cli.model_choice import chosen_model
    from foundsound.cli.progress import quiet_decoders
    from foundsound.embedding.registry import create_embedder
    from foundsound.evaluation.dataset import read_dataset
    from foundsound.evaluation.evaluate import evaluate

    names = dict.fromkeys(model or [chosen_model(settings).model])
    embedders = {name: create_embedder(name, settings) for name in names}
    data = read_dataset(dataset)
    further = _files_in(pool) if pool else []
    with quiet_decoders(), _progress() as listener:
        found = evaluate(
            data, embedders, settings, template=template, pool=further, listener=listener
        )
    if output:
        output.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if queries:
        _save_queries(found, queries)
    if as_json:
        print(found.model_dump_json())
    else:
        show(found)


def _check_output(path: Path | None, ending: str, dataset: Path) -> None:
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


def _files_in(folder: Path) -> list[Path]:
    """The audio files that indexing this folder would take."""
    from foundsound.catalog.paths import path_text
    from foundsound.catalog.stats import Problem
    from foundsound.ignore_rules import IgnoreRules
    from ingest.walk import files_below

    if not folder.is_dir():
        raise InvalidRequest(f"There is no folder '{folder}'.")

    def report(problem: Problem) -> None:
        err.print(f"{path_text(problem.path)}: {problem.reason}", soft_wrap=True, markup=False)

    root = os.fsencode(folder)
    found = files_below(root, IgnoreRules(), report)
    return [folder / os.fsdecode(file.raw_path) for file in found]


@contextlib.contextmanager
def _progress() -> Iterator["Listener"]:
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f} files"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task("Loading", total=1)

        def listener(activity: str, done: int, total: int) -> None:
            if done == 0:  # a new activity has a speed of its own
                bar.reset(task, description=escape(activity), total=max(total, 1))
            bar.update(task, completed=done)

        yield listener


def _save_queries(found: "Evaluation", path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        names = [model.name for model in found.models]
        columns = (f"{what}, {name}" for name in names for what in ("place", "first"))
        lines.writerow(["query", "sounds", *columns])
        for query in found.queries:
            cells = ((query.models[name].rank, query.models[name].first) for name in names)
            lines.writerow([query.query, query.sounds, *(cell for pair in cells for cell in pair)])
