"""What facets look like in a result."""

from pydantic import BaseModel, Field

from foundsound.search.query.query import FacetName

NONE = 1e6  # background deviations that no sound has
RELEVANT = 1000  # sounds that are counted when there is something to compare


class FacetValue(BaseModel):
    """One value of a property."""

    value: str = Field(examples=["DOORS"])
    count: int = Field(description="Sounds that have it.")
    filter: str = Field(
        description="Type it to see these, in place of what the query says by the same key; tags "
        "add up. A category, or a suggestion, may have more than the query's own had left of it; "
        "in `filters`, beside the text, it finds what was counted.",
        examples=['cat:"DOORS/*"'],
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
        f"answers among the {RELEVANT:,} most relevant ones were counted."
    )
    facets: list[Facet]
    least: float | None = Field(
        default=None,
        description="The strength from which on what is heard was an answer; null where that does "
        "not matter. Send it as the query's `least` along with a value's filter, and what is found "
        "is what was counted: else what stands out is judged anew among the fewer sounds.",
        examples=[1.7],
    )

    def by(self, least: float) -> "Facets":
        """The same, counted by this strength: -inf where it does not matter, inf if none had it."""
        told = None if least == float("-inf") else min(least, NONE)
        return self.model_copy(update={"least": told})
