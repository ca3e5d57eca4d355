"""The filter on the UCS category: ``cat:DOOR*``, ``cat:doors``, ``cat:doors/wood``.

A sound is of the category that its file says, and of those that the names of its files say.
"""

from functools import lru_cache

from sqlalchemy import ColumnElement, and_, func, or_

from foundsound.catalog.models import Location, StoredMetadata
from foundsound.metadata.ucs import UcsCategory, ucs_categories
from foundsound.search.query.kind import Scope
from foundsound.search.query.like import as_like, has_wildcards, like
from foundsound.search.query.places import fits
from foundsound.search.query.related import related


def of_category(typed: str, scope: Scope) -> ColumnElement[bool]:
    """Whether a CatID, its short code, a category, a subcategory or both fit the pattern."""
    ids = categories_called(typed)
    at_hand = and_(Location.missing_since.is_(None), Location.sound_id.is_not(None))
    named = and_(at_hand, Location.cat_id.in_(ids))
    category, subcategory = StoredMetadata.category, StoredMetadata.subcategory
    upper, _, lower = typed.partition("/")
    if lower:
        below = func.coalesce(subcategory, "")
        own = and_(like(category, as_like(upper)), like(below, as_like(lower)))
    else:
        own = or_(like(category, as_like(typed)), like(subcategory, as_like(typed)))
    # Categories of no standard: what the file calls them.
    unknown = and_(StoredMetadata.cat_id.is_(None), category.is_not(None), own)
    conditions = [related(StoredMetadata.sound_id, unknown, scope)]
    if ids:
        conditions.append(related(StoredMetadata.sound_id, StoredMetadata.cat_id.in_(ids), scope))
        conditions.append(related(Location.sound_id, named, scope))
    return or_(*conditions)


@lru_cache(maxsize=1000)  # a pattern is tried on 752 categories, and facets try many
def categories_called(typed: str) -> tuple[str, ...]:
    """CatIDs of the categories of which a name, or both with a slash, fit the pattern."""
    if not has_wildcards(typed):
        return _by_name().get(typed.casefold(), ())
    return tuple(
        each.cat_id for each in ucs_categories() if any(fits(name, typed) for name in _names(each))
    )


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in ucs_categories():
        for name in {name.casefold() for name in _names(each)}:
            found[name] = (*found.get(name, ()), each.cat_id)
    return found


def _names(each: UcsCategory) -> tuple[str, ...]:
    both = f"{each.category}/{each.subcategory}"
    return (each.cat_id, each.short, each.category, each.subcategory, both)
