"""Which commands may be forked: those whose environment no test has changed."""

import os

import pytest

from tests.forked_commands import WIDTH, can_be_forked, note_start_of_test


def test_a_test_s_variables_keep_a_command_from_being_forked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert can_be_forked(os.environ | WIDTH | {"FOUNDSOUND_MODEL": "starter"})
    monkeypatch.setenv("NO_COLOR", "1")
    assert not can_be_forked(os.environ | WIDTH)
    note_start_of_test()  # as if an import had set it, in a test before
    assert can_be_forked(os.environ | WIDTH)
    assert not can_be_forked(os.environ | {"COLUMNS": "80"})
