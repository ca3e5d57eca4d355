"""Alerts in the shapes that the API and the CLI share."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from foundsound.client_paths import ShownPath
from foundsound.search.query.filters import Filters
from foundsound.search.query.parts import MOST_PARTS, MOST_WEIGHT, Part
from foundsound.search.query.query import Query

MOST_THRESHOLD = 1000.0


class AlertQuery(BaseModel):
    """What to wait for: text and parts as in a search, by ear alone; filters only leave out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "glass breaking"},
                {"text": "siren -music dur:<30", "filters": {"fmt": {"any": ["wav"]}}},
            ]
        },
    )

    text: str | None = Field(default=None, description="As typed in a search.")
    text_weight: float = Field(default=1.0, ge=0, le=MOST_WEIGHT, allow_inf_nan=False)
    parts: tuple[Part, ...] = Field(default=(), max_length=MOST_PARTS)
    filters: Filters = Filters()

    def as_query(self) -> Query:
        """The same as a search."""
        return Query(
            text=self.text,
            text_weight=self.text_weight,
            parts=self.parts,
            filters=self.filters,
            mode="dense",
        )

    def as_json(self) -> dict[str, Any]:
        """As the catalogue keeps it."""
        return self.model_dump(mode="json", exclude_none=True)


class NewAlert(BaseModel):
    """An alert to make."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Broken glass",
                    "query": {"text": "glass breaking"},
                    "threshold": 4.5,
                    "webhook_url": "https://example.com/hook",
                }
            ]
        },
    )

    name: str = Field(examples=["Broken glass"])
    query: AlertQuery
    threshold: float | None = Field(
        default=None,
        ge=-MOST_THRESHOLD,
        le=MOST_THRESHOLD,
        allow_inf_nan=False,
        description="The strength from which a sound counts, in background deviations as in a "
        "hit: below 2 is chance, 4 is clear. Null: 4, or half of what a perfect match has where "
        "that is less, as between sounds. Without meaning for filters alone.",
        examples=[4.0],
    )
    webhook_url: str | None = Field(
        default=None, description="Told of each sound by a signed POST; http or https."
    )
    webhook_secret: str | None = Field(
        default=None, description="Signs what is sent; made if none is given."
    )
    file: str | None = Field(
        default=None,
        description="A line of JSON for each sound is appended there: an absolute path on the "
        "server that ends in .jsonl.",
    )


class AlertChange(BaseModel):
    """What to change of an alert; what is not given stays. Empty destinations are removed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"threshold": 5.0}, {"paused": True}]}
    )

    name: str | None = None
    threshold: float | None = Field(
        default=None, ge=-MOST_THRESHOLD, le=MOST_THRESHOLD, allow_inf_nan=False
    )
    webhook_url: str | None = None
    webhook_secret: str | None = None
    file: str | None = None
    paused: bool | None = None


class AlertReport(BaseModel):
    """An alert, and how it is doing."""

    id: int
    name: str
    query: AlertQuery
    clips: list[str] = Field(default=[], description="Names of the files that it compares with.")
    threshold: float | None
    webhook: str | None = Field(description="Where it is told; without what may be secret in it.")
    file: str | None
    paused: bool
    problem: str | None = Field(description="Why it cannot be asked now; null: it can.")
    added_at: datetime
    found: int = Field(description="Sounds that it has found.")
    waiting: int = Field(description="Deliveries that have not arrived and are tried again.")
    given_up: int = Field(description="Deliveries that have not arrived within a week.")
    last_error: str | None = Field(description="Of the delivery that failed last and still waits.")


class MadeAlert(AlertReport):
    """A new alert; its secret is shown this once."""

    webhook_secret: str | None


class FeedItem(BaseModel):
    """A sound that an alert has found."""

    id: int = Field(description="Rises with time.")
    alert_id: int
    alert: str
    sound_id: str
    path: ShownPath = Field(description="Where it lay when it was found.")
    duration_s: float
    start_s: float
    end_s: float
    score: float | None
    strength: float | None
    found_at: datetime


class Delivered(BaseModel):
    """What became of a test message."""

    destination: str = Field(examples=["webhook"])
    delivered: bool
    problem: str | None = None
