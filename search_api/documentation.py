"""``/docs``: the API's documentation to read and try, without the internet.

Its scripts come with a package, and not, as those of the framework's own page, from elsewhere: a
studio's machines may have no way out, and nobody else needs to know who reads.
"""

from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

PATH = "/docs"
FILES = "docs/files"  # as the page names them: a proxy may serve all this below another path
POLICY = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)


def documentation(title: str, document: str) -> list[BaseRoute]:
    """The routes of the page and of what it loads.

    Args:
        document: the path of the OpenAPI document, relative to the page.
    """

    def docs(_: Request) -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=document,
            title=title,
            swagger_js_url=f"{FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{FILES}/swagger-ui.css",
            swagger_favicon_url=f"{FILES}/favicon.png",
        )

    files = StaticFiles(packages=[("fastapi_offline", "static")])
    return [Route(PATH, docs), Mount(f"/{FILES}", files)]
