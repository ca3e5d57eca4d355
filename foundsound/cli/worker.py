"""``foundsound worker``: embeds what the queue has, until it is told to end."""

import contextlib
from typing import Annotated

import typer

from foundsound.cli.console import announce
from foundsound.cli.ending import end_on_sigterm, wait_for_end
from foundsound.cli.settings import command_settings
from foundsound.errors import LibraryBusy, ModelError

WAIT_S = 5.0  # for a command that is just ending
LOST = "The GPU failed, and this process cannot use it any more."


def worker(model: Annotated[str | None, typer.Option(help="Embedding model.")] = None) -> None:
    """Embed what waits in the queue, beside other workers, until Ctrl-C."""
    settings = command_settings(model=model)
    from foundsound.alerts.service import Alerting
    from foundsound.cli.access import when_servers_answer
    from foundsound.cli.model_choice import tell_choice
    from foundsound.library import Library
    from foundsound.logs import configure_logs
    from foundsound.metrics_port import metrics_port
    from foundsound.tracing import traces
    from ingest.errands import Errands
    from ingest.worker import Worker

    configure_logs(settings)
    logged = settings.log_format == "json"
    end_on_sigterm()
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as opened:
        try:
            library = opened.enter_context(
                when_servers_answer(lambda: Library(settings, WAIT_S), logged=logged)
            )
        except LibraryBusy as error:
            raise LibraryBusy(
                f"{error} A library in a folder has one worker, in the process that has it open: "
                "foundsound serve."
            ) from error
        tell_choice(library, logged=logged)
        working, errands = Worker(library), Errands(library)
        opened.callback(errands.stop)
        opened.callback(working.stop)
        opened.callback(errands.ask_to_stop)
        opened.enter_context(traces(settings.otel_endpoint, "worker"))
        opened.enter_context(
            metrics_port(settings.metrics_host, settings.metrics_port, [working.pulse])
        )
        alerting = Alerting(library.catalog, settings, library)
        opened.callback(alerting.close)
        announce(
            f"This worker embeds with [bold]{library.embedder.name}[/]. Ctrl-C ends it.",
            logged=logged,
        )
        working.start()
        if library.shared:
            errands.start()
        alerting.start()
        wait_for_end(working.ended)  # or until a signal raises
        raise ModelError(f"{LOST} ({working.lost}) Start the worker again.")
