"""What the interface is told by the environment; ``foundsound ui`` sets it."""

import os
from dataclasses import dataclass, field
from functools import lru_cache

from ui.paths import PathMap

API_URL = "http://127.0.0.1:8765"
HOST = "127.0.0.1"
PORT = 8501


@dataclass(frozen=True)
class UiSettings:
    """Where the API is, and where the interface listens."""

    api_url: str = API_URL
    api_token: str | None = None  # the owner's: lets the interface index, watch and switch
    host: str = HOST
    port: int = PORT
    paths: PathMap = field(default_factory=PathMap)  # as the people at the interface have them

    @property
    def local_only(self) -> bool:
        """True when nobody but this machine reaches the interface."""
        return self.host in ("127.0.0.1", "localhost", "::1")


@lru_cache(maxsize=1)
def settings_from_environment() -> UiSettings:
    """The process's settings, read once.

    Raises:
        ValueError: the port is no number, or the map of paths is none.
    """
    return UiSettings(
        api_url=os.environ.get("FOUNDSOUND_API_URL", API_URL).rstrip("/"),
        api_token=os.environ.get("FOUNDSOUND_API_TOKEN") or None,
        host=os.environ.get("FOUNDSOUND_UI_HOST", HOST),
        port=int(os.environ.get("FOUNDSOUND_UI_PORT", PORT)),
        paths=PathMap(os.environ.get("FOUNDSOUND_UI_PATH_MAP", "")),
    )
