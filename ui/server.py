"""The interface as an ASGI app: Streamlit, our scripts, and what is read from the API."""

from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit.starlette import App

from ui.assets import VENDOR
from ui.proxy import PREFIX, Proxy
from ui.settings import UiSettings

FOLDER = Path(__file__).parent
LOCAL_NAMES = ["localhost", "127.0.0.1"]


def create_ui(settings: UiSettings) -> App:
    """Make the interface of the API that the settings name."""
    proxy = Proxy(settings)
    routes: list[BaseRoute] = [
        Route(PREFIX + "/{path:path}", proxy.__call__, methods=["GET", "HEAD"]),
        Mount("/frontend", StaticFiles(directory=FOLDER / "frontend")),
        Mount("/vendor", StaticFiles(directory=VENDOR, check_dir=False)),
    ]
    # As of the API: no web page may read the library by a name of its own for this machine.
    guards = [Middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_NAMES)]
    return App(
        FOLDER / "app.py",
        routes=routes,
        middleware=guards if settings.local_only else [],
        lifespan=proxy.lifespan,
    )
