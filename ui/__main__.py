"""``python -m ui`` serves the interface until Ctrl-C; ``foundsound ui`` runs it."""

import os
import sys
import threading

from ui.server import create_ui
from ui.settings import settings_from_environment

EVERYWHERE = ("0.0.0.0", "::")


def main() -> None:
    """Serve the interface."""
    if "--with-parent" in sys.argv[1:]:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        settings = settings_from_environment()
    except ValueError as error:
        sys.exit(f"A FOUNDSOUND_ variable is wrong: {error}.")
    create_ui(settings).run(
        config={
            "server.address": settings.host,
            "server.port": settings.port,
            # Or one that listens everywhere would ask a service on the internet for its address.
            "browser.serverAddress": "localhost" if settings.host in EVERYWHERE else settings.host,
            "server.headless": True,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "client.toolbarMode": "minimal",
        }
    )


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # ends when the parent does
    os._exit(0)


if __name__ == "__main__":
    main()
