"""The ``foundsound`` command. Commands import what they need when they run, to start fast."""

import logging
import signal
import sys
from typing import Annotated

import typer

from foundsound import __version__
from foundsound.cli import (
    alerts,
    classify,
    collection,
    db,
    doctor,
    duplicates,
    enrolled,
    failed,
    import_metadata,
    index,
    keys,
    labels,
    listen,
    mcp,
    model,
    roots,
    search,
    serve,
    show,
    status,
    suggested,
    transfer,
    ui,
    user_data,
    watch,
    webhooks,
    worker,
)
from foundsound.cli import eval as eval_
from foundsound.cli.console import fail
from foundsound.cli.dashed_words import DashedWords
from foundsound.cli.ending import is_ending, leave, leaving
from foundsound.errors import FoundsoundError

INTERRUPTED = 130  # the exit code of what a Ctrl-C has ended

app = typer.Typer(
    name="foundsound",
    help="Find sounds by describing them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("index")(index.index)
app.command("search", cls=DashedWords)(search.search)
app.command("classify")(classify.classify)
app.add_typer(labels.app, name="labels")
app.add_typer(enrolled.app, name="enrolled")
app.command("show")(show.show)
app.command("tag", context_settings=user_data.DASHES)(user_data.tag)
app.command("suggested")(suggested.suggested)
app.command("favourite")(user_data.favourite)
app.command("note")(user_data.note)
app.add_typer(collection.app, name="collection")
app.add_typer(alerts.app, name="alerts")
app.command("import-metadata")(import_metadata.import_metadata)
app.command("export")(transfer.export)
app.command("import")(transfer.import_)
app.command("backup")(transfer.backup)
app.command("restore")(transfer.restore)
app.command("duplicates")(duplicates.duplicates)
app.command("eval")(eval_.evaluate)
app.command("listen")(listen.listen)
app.command("status")(status.status)
app.command("failed")(failed.failed)
app.command("serve")(serve.serve)
app.command("ui")(ui.ui)
app.command("watch")(watch.watch)
app.command("worker")(worker.worker)
app.add_typer(roots.app, name="roots")
app.add_typer(keys.app, name="keys")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(db.app, name="db")
app.add_typer(model.app, name="model")
app.command("mcp")(mcp.mcp)
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"foundsound {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; expected failures end as one sentence and exit code 2."""
    with leaving():
        _run()


def _run() -> None:
    try:
        app()
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as exit_:
        if exit_.code == INTERRUPTED:  # typer's, of a Ctrl-C
            _interrupted()
        raise
    except Exception as error:
        if is_ending():  # its cause, whatever it says: it would be told as a failure
            logging.getLogger(__name__).debug("failed at its end", exc_info=True)
            sys.exit(0)
        _tell(error)
        raise
    finally:
        # What is left is Python's own end, where a Ctrl-C would print a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _interrupted() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # another Ctrl-C need not wait for a slow reader
    leave(INTERRUPTED)


def _tell(error: Exception) -> None:
    if isinstance(error, FoundsoundError):
        fail(str(error))
    if isinstance(error, OSError):
        fail(f"The system refused: {error}.")
    if isinstance(error, RuntimeError):
        from foundsound.embedding.clap.gpu_failure import is_lost

        if is_lost(error):
            what = str(error).partition("\n")[0].rstrip(".")
            fail(f"The GPU failed: {what}. The same command goes on.")
    if type(error).__module__.startswith("sqlalchemy"):  # importing it would slow every start
        fail(f"The catalogue cannot be read or written: {getattr(error, 'orig', error)}.")
