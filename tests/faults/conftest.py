"""Tells at the end of a run what was tried, whether it passed or not."""

from typing import Any

import pytest

TRIED = pytest.StashKey[list[str]]()


@pytest.fixture
def told(pytestconfig: pytest.Config) -> list[str]:
    """Lines for the end of the run."""
    return pytestconfig.stash.setdefault(TRIED, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash.get(TRIED, []):
        terminalreporter.write_line(f"faults: {line}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Of several processes, each hands its lines to the one that tells them."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tried"] = session.config.stash.get(TRIED, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """See above; ``node`` is such a process."""
    told = node.config.stash.setdefault(TRIED, [])
    told += getattr(node, "workeroutput", {}).get("tried", [])
