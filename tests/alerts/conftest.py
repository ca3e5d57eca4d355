from collections.abc import Iterator
from pathlib import Path

import pytest

from foundsound.settings import Settings
from tests.alerts.receiver import Receiver, receiving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Webhooks may go to this machine."""
    return settings.model_copy(update={"webhook_allow": "127.0.0.0/8", "webhook_timeout_s": 30.0})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A folder of one sound, by which a library's space gets its calibration."""
    from tests.signals import noise, write

    return write(tmp_path / "first" / "seed.wav", noise(1.0, seed=9)).parent
