"""The filter on suggestions: ``suggested:DOOR*``, ``suggested:siren``."""

from sqlalchemy import ColumnElement, and_, func, or_

from foundsound.catalog.hearing_models import Suggestion
from foundsound.search.query.categories import categories_called
from foundsound.search.query.kind import Scope
from foundsound.search.query.like import as_like, has_wildcards, like
from foundsound.search.query.related import related


def is_suggested(typed: str, scope: Scope) -> ColumnElement[bool]:
    """Whether a category or a tag that fits the pattern is suggested for the sound."""
    ids = categories_called(typed)
    tag = (
        like(Suggestion.value, as_like(typed))
        if has_wildcards(typed)
        else Suggestion.value == func.lower(typed)
    )
    fitting = and_(Suggestion.kind == "tag", tag)
    if ids:
        fitting = or_(fitting, and_(Suggestion.kind == "ucs", Suggestion.value.in_(ids)))
    return related(Suggestion.sound_id, fitting, scope)
