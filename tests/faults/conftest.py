"""Tells at the end of a run what was tried, whether it passed or not."""

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
