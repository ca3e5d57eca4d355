"""Counts of sounds by category: the one that a file says, and those that names of files say."""

from collections import Counter, defaultdict
from dataclasses import replace

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, StoredMetadata
from foundsound.metadata.ucs import category_of
from foundsound.search.facet_values import Count, Counted, by_count
from foundsound.search.query.like import typeable


def category_counts(session: Session, these: Counted) -> list[Count]:
    """Each sound once in each of its categories; names in other case are one."""
    own, found = StoredMetadata, Counter[str]()
    says = or_(own.cat_id.is_not(None), own.category != "")
    said = session.execute(
        select(own.cat_id, own.category, func.count())
        .where(these.has(own.sound_id), says)
        .group_by(own.cat_id, own.category)
    )
    for cat_id, category, count in said:
        found[_category(cat_id, category)] += count
    # Two statements: to look at the metadata of every file costs twice what all else does, and
    # that of most files says nothing.
    saying = select(own.sound_id).where(says).correlate(None)
    named = select(Location.cat_id, func.count(Location.sound_id.distinct())).where(
        these.copies, Location.cat_id.is_not(None)
    )
    alone = named.where(Location.sound_id.not_in(saying)).group_by(Location.cat_id)
    for of_name, count in session.execute(alone):
        found[_category(of_name)] += count
    beside = (
        named.add_columns(own.cat_id, own.category)
        .join(own, own.sound_id == Location.sound_id)
        .where(Location.sound_id.in_(saying))
        .group_by(Location.cat_id, own.cat_id, own.category)
    )
    for of_name, count, cat_id, category in session.execute(beside):
        if not _same(_category(of_name), _category(cat_id, category)):
            found[_category(of_name)] += count
    found.subtract(_counted_again(session, these))
    counts = by_count(_merged(found), lambda category: f'cat:"{typeable(category)}/*"')
    return [replace(each, value=" ".join(each.value.split())) for each in counts]


def _counted_again(session: Session, these: Counted) -> Counter[str]:
    """By category, how often sounds came again whose copies name two subcategories of it."""
    own = StoredMetadata
    several = (
        select(Location.sound_id)
        .where(these.has(Location.sound_id), Location.sound_id.is_not(None))
        .group_by(Location.sound_id)
        .having(func.count() > 1)
        .correlate(None)
    )
    rows = session.execute(
        select(Location.sound_id, Location.cat_id, own.cat_id, own.category)
        .outerjoin(own, own.sound_id == Location.sound_id)
        .where(these.copies, Location.cat_id.is_not(None), Location.sound_id.in_(several))
        .distinct()
    )
    named = defaultdict[tuple[str, str], int](int)
    for sound_id, of_name, cat_id, category in rows:
        assert sound_id is not None
        if not _same(_category(of_name), _category(cat_id, category)):
            named[sound_id, _category(of_name)] += 1
    again = Counter[str]()
    for (_, category), times in named.items():
        again[category] += times - 1
    return again


def _merged(found: Counter[str]) -> Counter[str]:
    """Names that differ in case alone as one, spelt as most sounds have it."""
    spellings = defaultdict[str, Counter[str]](Counter)
    for category, count in sorted(found.items()):
        if category and count:
            spellings[category.casefold()][category] = count
    return Counter({each.most_common(1)[0][0]: each.total() for each in spellings.values()})


def _category(cat_id: str | None, category: str | None = None) -> str:
    known = category_of(cat_id) if cat_id else None
    return known.category if known else category or ""


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
