"""Settings of every benchmark: as the environment says, but never a model chosen by chance."""

from typing import Any

from foundsound.embedding.choice import AUTO
from foundsound.settings import Settings

MODEL = "starter-bridge"  # the lightest: what is measured is everything around it


def bench_settings(**given: Any) -> Settings:
    """Settings with ``given``; ``FOUNDSOUND_MODEL`` names another model than :data:`MODEL`."""
    settings = Settings(**given)
    return settings.model_copy(update={"model": MODEL}) if settings.model == AUTO else settings
