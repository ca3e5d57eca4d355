import logging

import pytest

from foundsound.outage_log import OutageLog

log = logging.getLogger("foundsound.outages")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    sentences = [each.message for each in caplog.records if each.levelno >= logging.WARNING]
    caplog.clear()
    return sentences


def test_an_outage_is_told_once_then_every_few_minutes_and_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    outages = OutageLog(log, again_s=300, clock=clock)
    outages.worked("It goes on.")
    assert told(caplog) == []
    for _ in range(299):
        outages.failed("It is away.")
        clock.now += 1
    assert told(caplog) == ["It is away."]
    clock.now += 1
    outages.failed("It is away.")
    assert told(caplog) == ["It is away."]
    outages.worked("It goes on.")
    outages.worked("It goes on.")
    assert told(caplog) == ["It goes on."]
    outages.failed("It is away.")
    assert told(caplog) == ["It is away."]


def test_another_reason_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    outages = OutageLog(log, clock=Clock())
    for _ in range(3):
        outages.failed("It refuses.")
        outages.failed("It starts up.")
    assert told(caplog) == ["It refuses.", "It starts up."]
