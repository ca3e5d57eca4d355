"""Which model a command is about, and why."""

from typing import TYPE_CHECKING

from rich.markup import escape

from foundsound.cli.console import announce
from foundsound.embedding.choice import AUTO, ModelChoice, choose_model
from foundsound.settings import Settings

OUTDATED = "an older version of it: 'foundsound model use' with its name renews it"

if TYPE_CHECKING:
    from foundsound.catalog.models import Space
    from foundsound.library import Library


def chosen_model(settings: Settings) -> ModelChoice:
    """The model that opening the library would use; the library is left as it is."""
    if settings.model != AUTO:
        return ModelChoice(settings.model, "it was asked for")
    recorded = recorded_space(settings)
    if recorded is None:
        return choose_model(settings)
    if is_outdated(recorded, settings):
        return ModelChoice(recorded.model, f"the library is embedded with {OUTDATED}")
    return ModelChoice(recorded.model, "the library is embedded with it")


def is_outdated(recorded: "Space", settings: Settings) -> bool:
    """True when the model's vectors have changed since the library was embedded."""
    from foundsound.embedding.registry import create_embedder
    from foundsound.embedding.space import space_key

    return space_key(create_embedder(recorded.model, settings)) != recorded.key


def recorded_space(settings: Settings) -> "Space | None":
    """The space that the library is known by; None before its first use."""
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.spaces import active_space
    from foundsound.library import library_exists

    if not library_exists(settings):
        return None
    catalog = Catalog.of(settings)
    with catalog.read() as session:
        space = active_space(session)
    catalog.close()
    return space


def tell_choice(library: "Library", *, logged: bool = False) -> None:
    """One line on the first use of a library whose model nobody named."""
    if library.choice is not None:
        model, reason = escape(library.choice.model), escape(library.choice.reason.rstrip("."))
        announce(
            f"This library uses the model [bold]{model}[/]: {reason}. "
            "[bold]foundsound model use NAME[/] changes it.",
            logged=logged,
        )
