"""The compose file as Docker would read it."""

import re
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parent.parent.parent
COMPOSE = REPOSITORY / "docker-compose.yml"
OURS = ("roots", "api", "watcher", "worker", "worker-gpu", "ui")
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")


def services() -> dict[str, dict[str, Any]]:
    """Each service by name, anchors and merges resolved."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def variables() -> dict[str, str | None]:
    """Every variable that the file asks for, with its default; None = it has to be given."""
    found = _VARIABLE.findall(COMPOSE.read_text())
    return {name: None if kind == "?" else default for name, kind, default in found}


def filled_in(text: str, given: dict[str, str]) -> str:
    """A text of the file with its variables replaced, as Docker does it."""
    return _VARIABLE.sub(lambda match: given.get(match[1]) or match[3] or "", text)
