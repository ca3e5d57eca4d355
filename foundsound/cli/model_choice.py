"""Which model a command is about, and why."""

from typing import TYPE_CHECKING

from rich.markup import escape

from foundsound.cli.console import err
from foundsound.embedding.choice import AUTO, ModelChoice, choose_model
from foundsound.settings import Settings

if TYPE_CHECKING:
    from foundsound.library import Library


def chosen_model(settings: Settings) -> ModelChoice:
    """The model that opening the library would use; the library is left as it is."""
    if settings.model != AUTO:
        return ModelChoice(settings.model, "it was asked for")
    recorded = recorded_model(settings)
    if recorded is not None:
        return ModelChoice(recorded, "the library is embedded with it")
    return choose_model(settings)


def recorded_model(settings: Settings) -> str | None:
    """The model that the library is known by; None before its first use."""
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.spaces import active_space
    from foundsound.library import library_exists

    if not library_exists(settings):
        return None
    catalog = Catalog(settings.data_dir)
    with catalog.read() as session:
        space = active_space(session)
    catalog.close()
    return space.model if space else None


def tell_choice(library: "Library") -> None:
    """One line on the first use of a library whose model nobody named."""
    if library.choice is not None:
        model, reason = escape(library.choice.model), escape(library.choice.reason.rstrip("."))
        err.print(
            f"This library uses the model [bold]{model}[/]: {reason}. "
            "[bold]foundsound model use NAME[/] changes it.",
            soft_wrap=True,
        )
