"""What a query is made of: words, sounds of the library, clips; wanted or unwanted."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from foundsound.hearing.stretches import Item, Upload

MOST_PARTS = 32
MOST_WEIGHT = 10.0


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float = Field(
        default=1.0,
        gt=0,
        le=MOST_WEIGHT,
        allow_inf_nan=False,
        description="How much it counts beside the other parts.",
        examples=[1.0],
    )
    negative: bool = Field(default=False, description="True: sounds like this are not wanted.")


class TextPart(_Part):
    """A description, taken as it is: the grammar of the text box does not apply."""

    type: Literal["text"] = "text"
    text: str = Field(min_length=1, examples=["heavy rain on a metal roof"])


class ItemPart(_Part, Item):
    """A sound of the library, or a stretch of it; it is not among the hits itself."""


class ClipPart(_Part, Upload):
    """A clip that comes with the query, or a stretch of it."""


class EnrolledPart(_Part):
    """What a person enrolled by examples."""

    type: Literal["enrolled"] = "enrolled"
    name: str = Field(min_length=1, max_length=400, examples=["our elevator's fault"])


Part = Annotated[TextPart | ItemPart | ClipPart | EnrolledPart, Field(discriminator="type")]
