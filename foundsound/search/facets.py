"""Facets: what the sounds that fit a query are, counted, with the filter that narrows to each."""

from collections.abc import Sequence

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Root
from foundsound.search.facet_folders import folder_counts
from foundsound.search.facet_values import Count, Counted, category_counts, shape_counts, tag_counts
from foundsound.search.query.filters import Filters
from foundsound.search.query.query import FacetName

RELEVANT = 1000  # sounds that are counted when there is something to compare
MOST_VALUES = 100  # of a facet


class FacetValue(BaseModel):
    """One value of a property."""

    value: str = Field(examples=["DOORS"])
    count: int = Field(description="Sounds that have it.")
    filter: str = Field(
        description="Type it behind the query to see only these.", examples=['cat:"DOORS/*"']
    )


class Facet(BaseModel):
    """The values of one property: durations, rates and channels in their order, others by count."""

    name: FacetName
    values: list[FacetValue]


class Facets(BaseModel):
    """Counts over the sounds that a query finds."""

    sounds: int = Field(description="How many were counted.")
    complete: bool = Field(
        description="True: every sound that fits was counted. False: sounds are compared, and the "
        f"{RELEVANT:,} most relevant ones that fit were counted."
    )
    facets: list[Facet]


def count_facets(
    session: Session, names: Sequence[FacetName], these: Counted, filters: Sequence[Filters]
) -> Facets:
    """Count the facets of these sounds.

    Args:
        filters: of the query; folders are counted one level below the folder that they name.
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
        else:
            counts = shapes[name]
        facets.append(Facet(name=name, values=[_value(each) for each in counts[:MOST_VALUES]]))
    sounds = sum(each.sounds for each in shapes["format"])
    return Facets(sounds=sounds, complete=these.complete, facets=facets)


def _value(each: Count) -> FacetValue:
    return FacetValue(value=each.value, count=each.sounds, filter=each.filter)
