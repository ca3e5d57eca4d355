"""Settings of a command: the environment, overridden by options."""

from pydantic import ValidationError

from foundsound.cli.console import fail
from foundsound.settings import Settings, settings_from_environment


def command_settings(**overrides: object) -> Settings:
    """Settings with every override that is not None; a wrong variable ends the command."""
    try:
        settings = settings_from_environment()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        fail(f"The environment variable FOUNDSOUND_{name} is wrong: {first['msg']}.")
    return settings.model_copy(update={k: v for k, v in overrides.items() if v is not None})
