"""The filter on what a sound is used as: ``class:loop``."""

from sqlalchemy import ColumnElement

from foundsound.analysis.sound_analysis import SoundClass
from foundsound.catalog.models import StoredAnalysis
from foundsound.errors import InvalidRequest
from foundsound.search.query.kind import Scope
from foundsound.search.query.related import holds


def tidy_class(typed: str) -> str:
    """A class as the catalogue names it.

    Raises:
        InvalidRequest: it is none.
    """
    name = typed.strip().lower().replace("_", "-").replace(" ", "-")
    name = {"oneshot": "one-shot", "ambient": "ambience"}.get(name, name)
    if name not in list(SoundClass):
        raise InvalidRequest(f"'{typed.strip()}' is no class; those are {', '.join(SoundClass)}.")
    return name


def of_class(name: str, scope: Scope) -> ColumnElement[bool]:
    """Whether the sound was heard to be one.

    Raises:
        InvalidRequest: there is no such class.
    """
    column = StoredAnalysis.sound_class
    return holds(column, column == tidy_class(name), scope)
