"""``foundsound eval``: which model, and which way to search, finds one's own sounds best."""

import contextlib
import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import err
from foundsound.cli.eval_output import check_output
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest
from foundsound.evaluation.prompts import PLAIN

if TYPE_CHECKING:
    from foundsound.embedding.embedder import Embedder
    from foundsound.evaluation.dataset import Dataset
    from foundsound.evaluation.evaluate import Listener
    from foundsound.evaluation.search_report import SearchEvaluation
    from foundsound.settings import Settings


class Mode(StrEnum):
    """How a search ranks."""

    DENSE = "dense"
    LEXICAL = "lexical"
    HYBRID = "hybrid"


class Names(StrEnum):
    """What the files are called while they are searched."""

    REAL = "real"
    HASHED = "hashed"
    UCS = "ucs"


def evaluate(
    dataset: Annotated[
        Path,
        typer.Argument(
            help="CSV of query,path[,path…] lines, a labelled set, or a folder like ESC-50's."
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Model to judge; give it once for each."),
    ] = None,
    mode: Annotated[
        list[Mode] | None,
        typer.Option(help="Judge whole searches that rank so; give it once for each way."),
    ] = None,
    names: Annotated[
        list[Names] | None,
        typer.Option(help="With --mode: what the files are called. Give it once for each."),
    ] = None,
    template: Annotated[
        str, typer.Option(help="Put around each query, as in 'This is a sound of {}.'")
    ] = PLAIN,
    pool: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Rank the sounds of this folder among the others."),
    ] = None,
    zero_shot: Annotated[
        bool, typer.Option("--zero-shot", help="Tell of every class what its sounds choose.")
    ] = False,
    confusion: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw which class is taken for which; of one model."),
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
    """Judge models, or whole searches, on sounds whose descriptions are known.

    No library is touched.
    """
    settings = command_settings()
    if names and not mode:
        raise InvalidRequest("--names tells what a search sees: it needs a --mode.")
    if mode and template != PLAIN:
        raise InvalidRequest("--template is for models alone: a search takes queries as typed.")
    if mode and (zero_shot or confusion):
        raise InvalidRequest("--zero-shot and --confusion judge models, not searches.")
    if confusion and len(set(model or ())) > 1:
        raise InvalidRequest("--confusion draws one model; name one with --model.")
    for path, ending in ((output, ".json"), (queries, ".csv"), (confusion, ".png")):
        check_output(path, ending, dataset)
    from foundsound.cli.eval_classes import show_classes
    from foundsound.cli.eval_output import save_queries
    from foundsound.cli.eval_search_table import show_search
    from foundsound.cli.eval_table import show
    from foundsound.cli.model_choice import chosen_model
    from foundsound.cli.progress import quiet_decoders
    from foundsound.embedding.registry import create_embedder
    from foundsound.evaluation.confusion_picture import check_drawable, save_confusion
    from foundsound.evaluation.dataset import read_dataset
    from foundsound.evaluation.evaluate import evaluate
    from foundsound.evaluation.report import Evaluation
    from foundsound.evaluation.search_report import SearchEvaluation

    if confusion:
        check_drawable()
    models = dict.fromkeys(model or [chosen_model(settings).model])
    embedders = {name: create_embedder(name, settings) for name in models}
    data = read_dataset(dataset)
    further = _files_in(pool) if pool else []
    found: Evaluation | SearchEvaluation
    with quiet_decoders(), _progress() as listener:
        if mode:
            found = _of_search(data, embedders, settings, mode, names, further, listener)
        else:
            found = evaluate(
                data,
                embedders,
                settings,
                template=template,
                pool=further,
                zero_shot=zero_shot or confusion is not None,
                listener=listener,
            )
    if output:
        output.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if queries:
        save_queries(found, queries)
    if confusion and isinstance(found, Evaluation):
        ((name, outcome),) = found.zero_shot.items()
        save_confusion(outcome, f"{found.dataset}, {name}", confusion)
    if as_json:
        print(found.model_dump_json())
    elif isinstance(found, SearchEvaluation):
        show_search(found)
    else:
        show(found)
        show_classes(found)


def _of_search(
    data: "Dataset",
    embedders: "dict[str, Embedder]",
    settings: "Settings",
    modes: list[Mode],
    names: list[Names] | None,
    pool: list[Path],
    listener: "Listener",
) -> "SearchEvaluation":
    from foundsound.cli.eval_library import LibraryMaker
    from foundsound.evaluation.evaluate_search import evaluate_search

    return evaluate_search(
        data,
        embedders,
        settings,
        LibraryMaker(settings),
        modes=list(dict.fromkeys(each.value for each in modes)),
        namings=list(dict.fromkeys(each.value for each in names or [Names.REAL])),
        pool=pool,
        listener=listener,
    )


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
