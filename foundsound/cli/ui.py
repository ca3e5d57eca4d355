"""``foundsound ui``: the web interface of a library that is served, on this machine or another."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Annotated

import typer

from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest, LibraryBusy
from foundsound.ownership import current_owner
from foundsound.settings import Settings

# The interface knows foundsound over HTTP alone: it is another program, told where to ask.
COMMAND = [sys.executable, "-m", "ui"]
WAIT_S = 5.0


def ui(
    api: Annotated[
        str | None, typer.Option(help="Address of the API; that of this machine's library.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port.")] = None,
) -> None:
    """Show the web interface until Ctrl-C; `foundsound serve` has to run, here or elsewhere."""
    settings = command_settings(api_url=api, ui_host=host, ui_port=port)
    url, token = _where(settings)
    check_ui(settings)
    os.execve(COMMAND[0], COMMAND, ui_environment(settings, url, token))


@contextmanager
def ui_beside(settings: Settings) -> Iterator[None]:
    """Show the interface of the API that this process has announced, while the body runs."""
    environment = ui_environment(settings, *_where(settings))
    # It ends with its standard input, that is with us, however we end.
    process = subprocess.Popen(
        [*COMMAND, "--with-parent"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ui_url(settings: Settings) -> str:
    """Where a browser on this machine finds the interface."""
    host = "127.0.0.1" if settings.ui_host in ("0.0.0.0", "::") else settings.ui_host
    return f"http://{host}:{settings.ui_port}"


def check_ui(settings: Settings) -> None:
    """Refuse where the interface cannot run.

    Raises:
        InvalidRequest: Streamlit is not installed, or the address is taken.
    """
    if find_spec("streamlit") is None:
        raise InvalidRequest("The interface needs Streamlit: pip install 'foundsound[ui]'.")
    family = socket.AF_INET6 if ":" in settings.ui_host else socket.AF_INET
    try:
        socket.create_server((settings.ui_host, settings.ui_port), family=family).close()
    except OSError as error:
        raise InvalidRequest(
            f"The interface cannot listen on {settings.ui_host}:{settings.ui_port}: "
            f"{error.strerror}. Choose another with FOUNDSOUND_UI_PORT."
        ) from error


def ui_environment(settings: Settings, api_url: str, token: str | None) -> dict[str, str]:
    """The environment that tells the interface where to ask and where to listen."""
    told = {
        "FOUNDSOUND_API_URL": api_url,
        "FOUNDSOUND_UI_HOST": settings.ui_host,
        "FOUNDSOUND_UI_PORT": str(settings.ui_port),
        "FOUNDSOUND_UI_PATH_MAP": settings.ui_path_map,
    }
    kept = {name: value for name, value in os.environ.items() if name != "FOUNDSOUND_API_TOKEN"}
    return kept | told | ({"FOUNDSOUND_API_TOKEN": token} if token else {})


def _where(settings: Settings) -> tuple[str, str | None]:
    owner = current_owner(settings.data_dir)
    if settings.api_url is None:
        if owner is None:
            raise LibraryBusy(
                f"No foundsound serves the library in {settings.data_dir}. Run 'foundsound serve "
                "--ui', or name an API with --api."
            )
        return owner.url, owner.token
    known = owner is not None and owner.url == settings.api_url.rstrip("/")
    return settings.api_url, settings.api_token or (owner.token if owner and known else None)
