"""``foundsound model``: which model is used, does it work, and the change to another one."""

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from foundsound.cli.console import counted, err, out
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest, ModelError, NotFound

if TYPE_CHECKING:
    from foundsound.cli.remote import RemoteLibrary
    from foundsound.indexing import IndexProgress, ProgressListener, Switch
    from foundsound.library import Library
    from foundsound.settings import Settings

app = typer.Typer(help="Show, check or change the embedding model.", no_args_is_help=True)
ByWorkersOption = Annotated[
    bool, typer.Option("--by-workers", help="Leave it to the library's workers, and follow them.")
]
ModelOption = Annotated[str | None, typer.Option("--model", help="Embedding model.")]


@app.command()
def show(model: ModelOption = None) -> None:
    """Show the model's name, version and sizes, and why it is used."""
    settings = command_settings(model=model)
    from foundsound.cli.model_choice import chosen_model
    from foundsound.embedding.registry import create_embedder, model_names

    choice = chosen_model(settings)
    embedder = create_embedder(choice.model, settings)
    out.print(f"model        {embedder.name} ({embedder.version})", soft_wrap=True, markup=False)
    out.print(f"because      {choice.reason}", soft_wrap=True, markup=False)
    out.print(f"dimension    {embedder.dim}")
    out.print(f"sample rate  {embedder.sample_rate:,} Hz, mono")
    out.print(f"window       {embedder.window_s:g} s")
    out.print(f"known        {', '.join(model_names())}", soft_wrap=True)


@app.command("self-check")
def check(model: ModelOption = None) -> None:
    """Load the model and look at its vectors; exit code 2 when they are unfit."""
    settings = command_settings(model=model)
    from foundsound.cli.model_choice import chosen_model
    from foundsound.embedding.registry import create_embedder
    from foundsound.embedding.self_check import self_check

    name = chosen_model(settings).model
    started = time.perf_counter()
    found = self_check(create_embedder(name, settings))
    out.print(
        f"{escape(name)} works ({time.perf_counter() - started:.1f} s). Mean cosine between "
        f"unlike texts {found.text_cosine:.2f}, between unlike sounds {found.audio_cosine:.2f}; "
        "1.00 would be a broken model.",
        soft_wrap=True,
    )


@app.command("list")
def list_models() -> None:
    """Show the models that have vectors in the library, and how far they have come."""
    settings = command_settings()
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.spaces import space_statuses
    from foundsound.library import library_exists

    if not library_exists(settings):
        err.print("The library is empty. Index a folder: [bold]foundsound index ~/Sounds[/]")
        return
    catalog = Catalog.of(settings)
    with catalog.read() as session:
        statuses = space_statuses(session)
    catalog.close()
    for status in statuses:
        mark = "[green]used[/]" if status.active else "    "
        done = counted(status.sounds, "sound")
        if status.lacking:
            done += f", {status.lacking:,} to do"
        out.print(
            f"{mark} {escape(status.model)}  {done}  [dim]{escape(status.key)}[/]", soft_wrap=True
        )


@app.command()
def use(
    model: Annotated[str, typer.Argument(help="The model to change to.")],
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the old model's vectors, to switch back quickly.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Switch even if some sounds cannot be embedded.")
    ] = False,
    by_workers: ByWorkersOption = False,
) -> None:
    """Embed the library with another model, then switch; until then the old one answers.

    Ctrl-C keeps what is done; the same command goes on.
    """
    environment = command_settings()
    settings = command_settings(model="auto")
    from foundsound.cli.progress import quiet_decoders, show_problems, show_progress
    from foundsound.embedding.registry import full_name
    from foundsound.indexing import Switch
    from foundsound.library import Library

    model = full_name(model)
    switch = Switch(model=model, keep=keep, force=force)
    with _opened(settings, model) as library, quiet_decoders(), show_progress() as listener:
        from foundsound.cli.follow import ByWorkers, follow_run

        if isinstance(library, Library) and by_workers:
            workers = ByWorkers(library)
            progress = follow_run(workers, workers.runs.start_switch(switch), listener)
        elif isinstance(library, Library):
            progress = _switch_here(library, switch, listener)
        else:
            progress = follow_run(library, library.start_switch(switch), listener)
    if progress.state == "stopped":
        err.print("Stopped; the old model still serves. The same command goes on.")
        raise typer.Exit(130)
    others = f", {progress.elsewhere:,} by other workers" if progress.elsewhere else ""
    err.print(
        f"The library now uses {escape(model)}; {counted(progress.embedded, 'sound')} embedded "
        f"in {progress.seconds:.1f} s{others}.",
        soft_wrap=True,
    )
    show_problems(progress)
    if environment.model not in ("auto", model):
        err.print(
            f"[yellow]FOUNDSOUND_MODEL still names {escape(environment.model)}; unset it.[/]",
            soft_wrap=True,
        )


@app.command()
def drop(
    model: Annotated[str, typer.Argument(help="Model, or its key in `foundsound model list`.")],
) -> None:
    """Delete the vectors of a model that the library does not use."""
    settings = command_settings(model="auto")
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.spaces import space_statuses
    from foundsound.cli.access import open_or_connect
    from foundsound.library import library_exists

    if not library_exists(settings):
        raise InvalidRequest("The library is empty: there is nothing to drop.")
    catalog = Catalog.of(settings)
    with catalog.read() as session:
        statuses = [s for s in space_statuses(session) if model in (s.model, s.key)]
    catalog.close()
    unused = [status for status in statuses if not status.active]
    if statuses and not unused:
        raise InvalidRequest(f"The library uses '{model}'; change to another model first.")
    if not unused:
        raise InvalidRequest(
            f"No model '{model}' has vectors here; 'foundsound model list' shows which have."
        )
    with open_or_connect(settings) as library:
        for status in unused:
            with suppress(NotFound):  # what nobody wanted any more went as the library was opened
                library.drop_space(status.key)
    err.print(f"Dropped {counted(sum(s.sounds for s in unused), 'sound')} of {escape(model)}.")


@app.command("vectors-lost")
def vectors_lost() -> None:
    """Say that the library's vectors are lost for good: the next index run makes them anew."""
    settings = command_settings(model="auto")
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.vectors_mark import say_vectors_are_lost
    from foundsound.library import library_exists

    if not library_exists(settings):
        raise InvalidRequest("The library is empty: nothing can be lost.")
    catalog = Catalog.of(settings)
    with catalog.write(alone=True) as session:
        say_vectors_are_lost(session)
    catalog.close()
    err.print(
        "The next command that opens the library takes the vector store that the settings name; "
        "'foundsound index' and workers embed what it lacks.",
        soft_wrap=True,
    )


def _opened(settings: "Settings", model: str) -> "Library | RemoteLibrary":
    from foundsound.cli.access import open_or_connect
    from foundsound.library import library_exists

    named = settings.model_copy(update={"model": model})
    if not library_exists(settings):
        return open_or_connect(named)
    try:
        return open_or_connect(settings)
    except ModelError:  # the old model is gone for good; the new one must do without it
        return open_or_connect(named)


def _switch_here(
    library: "Library", switch: "Switch", listener: "ProgressListener"
) -> "IndexProgress":
    from foundsound.cli.api_beside import api_beside
    from foundsound.indexing import IndexProgress
    from ingest.switch import switch_model

    progress, before = IndexProgress(), library.space
    with api_beside(library):
        try:
            switch_model(library, switch, progress, listener, threading.Event())
        except KeyboardInterrupt:
            progress.state = "stopped" if library.space is before else "done"
    return progress
