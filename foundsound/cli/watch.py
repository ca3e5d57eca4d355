"""``foundsound watch``: the watcher alone, for a studio whose workers are elsewhere."""

import signal
import threading

from foundsound.cli.console import announce, counted
from foundsound.cli.ending import end_soon, wait_for_end
from foundsound.cli.settings import command_settings
from foundsound.errors import LibraryBusy


def watch() -> None:
    """Watch the roots until Ctrl-C; workers index what is found. 'serve' does both."""
    settings = command_settings()
    from foundsound.alerts.service import Alerting
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.root_state import watched_roots
    from foundsound.cli.access import when_servers_answer
    from foundsound.logs import configure_logs
    from foundsound.metrics_port import metrics_port
    from foundsound.opening import make_folder
    from foundsound.ownership import is_owned
    from ingest.watching import Watching

    configure_logs(settings)
    logged = settings.log_format == "json"
    make_folder(settings.data_dir)
    if settings.database_url is None and is_owned(settings.data_dir):
        raise LibraryBusy(
            "Another foundsound process is using the library; 'foundsound serve' watches the "
            "roots itself."
        )
    catalog = when_servers_answer(lambda: Catalog.of(settings), logged=logged)
    ended = threading.Event()

    def end(*_: object) -> None:
        end_soon()
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with catalog.read() as session:
        count = len(watched_roots(session))
    watching = Watching(catalog, settings)
    alerting = Alerting(catalog, settings, None)
    with metrics_port(settings.metrics_host, settings.metrics_port, [watching.pulse]):
        announce(
            f"foundsound watches {counted(count, 'root')}. Ctrl-C ends it.",
            logged=logged,
        )
        watching.start()
        alerting.start()
        wait_for_end(ended)
    alerting.close()
    watching.close()
    catalog.close()
