"""``foundsound serve``: the API on one machine, owning the library."""

import contextlib
from typing import Annotated

import typer

from foundsound.cli.console import announce
from foundsound.cli.ending import end_on_sigterm, end_soon
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest

WAIT_S = 5.0  # for a search that is just ending


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    model: Annotated[str | None, typer.Option(help="Embedding model.")] = None,
    watch: Annotated[bool, typer.Option(help="Watch the roots, and index what changes.")] = True,
    work: Annotated[bool, typer.Option(help="Embed what waits; workers do it elsewhere.")] = True,
    ui: Annotated[bool, typer.Option(help="Show the web interface as well.")] = False,
) -> None:
    """Serve the search API until Ctrl-C, watch the roots and index what changes in them."""
    settings = command_settings(host=host, port=port, model=model)
    from foundsound.alerts.service import Alerting
    from foundsound.cli.access import when_servers_answer
    from foundsound.cli.api_thread import api_server, bind, demand_keys, local_url
    from foundsound.cli.model_choice import tell_choice
    from foundsound.cli.ui import check_ui, ui_beside, ui_url
    from foundsound.library import Library
    from foundsound.logs import configure_logs
    from foundsound.metrics_port import metrics_port
    from foundsound.queue_metrics import QueueMetrics
    from foundsound.tracing import traces
    from ingest.embed_process import EmbedProcess
    from ingest.errands import Errands
    from ingest.runs import BackgroundRuns
    from ingest.watching import Watching
    from ingest.worker import Worker

    if ui:
        check_ui(settings)
    configure_logs(settings)
    logged = settings.log_format == "json"
    # uvicorn ends by raising the signal it was sent: as an exit, it lets the library be closed.
    end_on_sigterm()
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as opened:
        library = opened.enter_context(
            when_servers_answer(lambda: Library(settings, WAIT_S, EmbedProcess), logged=logged)
        )
        try:
            listener = bind(settings.host, settings.port)
        except OSError as error:
            raise InvalidRequest(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
                "Choose another with --port."
            ) from error
        demand_keys(library, listener)
        tell_choice(library, logged=logged)
        worker, errands = Worker(library), Errands(library)
        watching = Watching(library.catalog, settings)
        runs = BackgroundRuns(library, worker, elsewhere=not work)
        alerting = Alerting(library.catalog, settings, library)

        def end() -> None:
            end_soon()
            watching.ask_to_stop()
            worker.ask_to_stop()
            errands.ask_to_stop()
            runs.ask_to_stop()
            alerting.ask_to_stop()

        with listener:
            pulses = [*([worker.pulse] if work else ()), *([watching.pulse] if watch else ())]
            server = api_server(library, runs, listener, end, pulses)
            opened.enter_context(traces(settings.otel_endpoint, "api"))
            opened.enter_context(
                metrics_port(
                    settings.metrics_host,
                    settings.metrics_port,
                    pulses,
                    [QueueMetrics(library.catalog, settings.max_attempts)],
                )
            )
            url = local_url(listener)
            announce(
                f"foundsound serves [bold]{url}[/] (documentation: {url}/docs). Ctrl-C ends it.",
                logged=logged,
            )
            if ui:
                opened.enter_context(ui_beside(settings))
                announce(f"The interface: [bold]{ui_url(settings)}[/]", logged=logged)
            if work:
                worker.start()
                if library.shared:
                    errands.start()
                alerting.start()
            if watch:
                watching.start()
            try:
                server.run(sockets=[listener])
            finally:
                end()
                watching.close()
                alerting.close()
                runs.close()
                worker.stop()
                errands.stop()
