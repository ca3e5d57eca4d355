"""What is to be heard: sounds of the library and clips that come along, or stretches of them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

LATEST_S = 1e7  # longer than any file: four months


class _Stretch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    start_s: float | None = Field(
        default=None, ge=0, le=LATEST_S, allow_inf_nan=False, description="Null: the beginning."
    )
    end_s: float | None = Field(
        default=None, gt=0, le=LATEST_S, allow_inf_nan=False, description="Null: the end."
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


class Item(_Stretch):
    """A sound of the library."""

    type: Literal["item"] = "item"
    sound_id: str = Field(
        max_length=64,
        description="Content hash, as in a hit.",
        examples=["1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"],
    )


class Upload(_Stretch):
    """A clip that comes with the request."""

    type: Literal["clip"] = "clip"
    clip: int = Field(default=0, ge=0, description="Which of the files sent, from 0 on.")


Heard = Annotated[Item | Upload, Field(discriminator="type")]
