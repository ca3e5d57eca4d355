"""What a query is made of: words, sounds of the library, clips; wanted or unwanted."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_PARTS = 32
LATEST_S = 1e7  # longer than any file: four months
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


class _Stretch(_Part):
    start_s: float | None = Field(
        default=None,
        ge=0,
        le=LATEST_S,
        allow_inf_nan=False,
        description="Where it starts; the beginning.",
    )
    end_s: float | None = Field(
        default=None,
        gt=0,
        le=LATEST_S,
        allow_inf_nan=False,
        description="Where it ends; the end.",
    )

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> "_Stretch":
        if self.end_s is not None and self.end_s <= (self.start_s or 0.0):
            raise ValueError("end_s must lie after start_s")
        return self

    @property
    def whole(self) -> bool:
        """True when no stretch was chosen."""
        return self.start_s is None and self.end_s is None


class TextPart(_Part):
    """A description, taken as it is: the grammar of the text box does not apply."""

    type: Literal["text"] = "text"
    text: str = Field(min_length=1, examples=["heavy rain on a metal roof"])


class ItemPart(_Stretch):
    """A sound of the library, or a stretch of it; it is not among the hits itself."""

    type: Literal["item"] = "item"
    sound_id: str = Field(
        max_length=64,
        description="Content hash, as in a hit.",
        examples=["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"],
    )


class ClipPart(_Stretch):
    """A clip that comes with the query, or a stretch of it."""

    type: Literal["clip"] = "clip"
    clip: int = Field(default=0, ge=0, description="Which of the clips sent, from 0 on.")


class EnrolledPart(_Part):
    """What a person enrolled by examples."""

    type: Literal["enrolled"] = "enrolled"
    name: str = Field(min_length=1, max_length=400, examples=["our elevator's fault"])


Part = Annotated[TextPart | ItemPart | ClipPart | EnrolledPart, Field(discriminator="type")]
