"""Counts of sounds by the categories and tags that are suggested for them."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import String, and_, column, func, select, values
from sqlalchemy.orm import Session

from foundsound.catalog.hearing_models import Suggestion
from foundsound.metadata.ucs import category_of
from foundsound.search.facet_values import Count, Counted, by_count
from foundsound.search.query.categories import categories_called


def suggested_counts(session: Session, these: Counted) -> list[Count]:
    """By category, each sound once for each of its suggested subcategories, and by tag.

    A tag counts sounds for which a category of its name is suggested as well: its filter does.
    """
    rows = session.execute(
        select(Suggestion.kind, Suggestion.value, func.count())
        .where(these.has(Suggestion.sound_id))
        .group_by(Suggestion.kind, Suggestion.value)
    )
    found = Counter[str]()
    tags = []
    for kind, value, count in rows:
        known = category_of(value) if kind == "ucs" else None
        found[f"{known.category}/{known.subcategory}" if known else value] += count
        if kind == "tag":
            tags.append(value)
    found.update(_called_alike(session, these, tags, found))
    return by_count(found, lambda value: f'suggested:"{value}"')


def _called_alike(
    session: Session, these: Counted, tags: Iterable[str], found: Counter[str]
) -> dict[str, int]:
    """By tags that categories are called like, how many more sounds have one of those."""
    meant = [(tag, "ucs", cat_id) for tag in tags for cat_id in categories_called(tag)]
    if not meant:
        return {}
    meant += [(tag, "tag", tag) for tag in dict.fromkeys(tag for tag, _, _ in meant)]
    columns = [column(name, String) for name in ("called", "kind", "value")]
    means = values(*columns, name="means").data(meant).cte()
    same = and_(means.c.kind == Suggestion.kind, means.c.value == Suggestion.value)
    rows = session.execute(
        select(means.c.called, func.count(Suggestion.sound_id.distinct()))
        .join(Suggestion, same)
        .where(these.has(Suggestion.sound_id))
        .group_by(means.c.called)
    )
    return {tag: count - found[tag] for tag, count in rows}
