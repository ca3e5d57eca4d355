"""Facets: what the sounds that fit a query are, counted, with the filter that narrows to each."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Root
from foundsound.search.facet_categories import category_counts
from foundsound.search.facet_folders import folder_counts
from foundsound.search.facet_results import Facet, Facets, FacetValue
from foundsound.search.facet_suggested import suggested_counts
from foundsound.search.facet_values import MOST_VALUES, Count, Counted, shape_counts, tag_counts
from foundsound.search.query.filters import KINDS, Filters
from foundsound.search.query.grammar import parse
from foundsound.search.query.query import FacetName


def count_facets(
    session: Session, names: Sequence[FacetName], these: Counted, filters: Sequence[Filters]
) -> Facets:
    """Count the facets of these sounds.

    Args:
        filters: of the query; folders are counted one level below the folder that they name, and
            stretches of duration go no further than they do.
    """
    shapes = shape_counts(session, these)
    facets = []
    for name in dict.fromkeys(names):
        if name == "category":
            counts = category_counts(session, these)
        elif name == "folder":
            counts = folder_counts(session, these, filters, session.scalars(select(Root)).all())
        elif name == "tag":
            counts = tag_counts(session, these)
        elif name == "suggested":
            counts = suggested_counts(session, these)
        elif name == "duration":
            counts = [_narrowed(each, filters) for each in shapes[name]]
        else:
            counts = shapes[name]
        facets.append(Facet(name=name, values=[_value(each) for each in counts[:MOST_VALUES]]))
    sounds = sum(each.sounds for each in shapes["duration"])  # each has one
    return Facets(sounds=sounds, complete=these.complete, facets=facets)


def _narrowed(band: Count, filters: Sequence[Filters]) -> Count:
    """A stretch of duration as the query's filters have left it."""
    own = whole = parse(band.filter).filters.dur
    for each in filters:
        own = own.narrowed(each.dur) if own and each.dur else own
    if own is None or own == whole:
        return band
    return replace(band, filter=" ".join(KINDS["dur"].write("dur", own)))


def _value(each: Count) -> FacetValue:
    return FacetValue(value=each.value, count=each.sounds, filter=each.filter)
