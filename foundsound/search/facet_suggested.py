"""Counts of sounds by the categories and tags that are suggested for them."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundsound.catalog.hearing_models import Suggestion
from foundsound.metadata.ucs import category_of
from foundsound.search.facet_values import Count, Counted, by_count


def suggested_counts(session: Session, these: Counted) -> list[Count]:
    """By category, each sound once for each of its suggested subcategories, and by tag."""
    rows = session.execute(
        select(Suggestion.kind, Suggestion.value, func.count())
        .where(these.has(Suggestion.sound_id))
        .group_by(Suggestion.kind, Suggestion.value)
    )
    found = Counter[str]()
    for kind, value, count in rows:
        known = category_of(value) if kind == "ucs" else None
        found[f"{known.category}/{known.subcategory}" if known else value] += count
    return by_count(found, lambda value: f'suggested:"{value}"')
