"""Settings of a command: the environment, overridden by options."""

from pydantic import ValidationError

from foundsound.cli.console import fail
from foundsound.settings import Settings, settings_from_environment


def command_settings(**overrides: object) -> Settings:
    """Settings with every override that is not None; a wrong variable ends the command."""
    try:
        settings = settings_from_environment()
    except ValidationError as error:
        fail(f"The environment variable FOUNDSOUND_{_first(error)}.")
    if overrides.get("model") is not None:
        from foundsound.embedding.registry import full_name

        overrides["model"] = full_name(str(overrides["model"]))
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate(settings.model_dump() | given)
    except ValidationError as error:
        fail(f"The option {_first(error)}.")


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    return f"{name} is wrong: {first['msg']}"
