"""A whole query, as JSON has it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from foundsound.search.query.filters import Filters
from foundsound.search.query.parts import MOST_PARTS, MOST_WEIGHT, Part

DEFAULT_LIMIT = 10
MOST_WITHIN = 20_000
Sort = Literal[
    "relevance",
    "name",
    "-name",
    "duration",
    "-duration",
    "added",
    "-added",
    "loudness",
    "-loudness",
]

FacetName = Literal[
    "category", "format", "duration", "folder", "tag", "suggested", "sample_rate", "channels"
]

Mode = Literal["hybrid", "dense", "lexical"]

Combine = Literal["blend", "each"]

SoundId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]


class Query(BaseModel):
    """What to find. Text and parts add up; filters and ``within`` only leave out."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"text": "heavy rain on a metal roof", "limit": 10},
                {"text": "rain, no thunder dur:2..10 fmt:wav folder:Weather"},
                {
                    "parts": [
                        {"type": "item", "sound_id": "1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"},
                        {"type": "text", "text": "more metallic", "weight": 0.5},
                        {"type": "text", "text": "music", "negative": True},
                    ],
                    "filters": {"dur": {"lt": 5}, "fmt": {"any": ["wav", "flac"]}},
                },
                {
                    "parts": [
                        {"type": "item", "sound_id": "1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"},
                        {"type": "item", "sound_id": "7a90b1c2d3e4f5061728394a5b6c7d8e"},
                    ],
                    "combine": "each",
                    "diversity": 0.3,
                },
            ]
        },
    )

    text: str | None = Field(
        default=None,
        description="What it sounds like, as typed: 'rain -thunder', 'rain, no thunder', quoted "
        "words that path or metadata must hold, and filters such as dur:<5.",
        examples=["heavy rain on a metal roof"],
    )
    text_weight: float = Field(
        default=1.0,
        ge=0,
        le=MOST_WEIGHT,
        allow_inf_nan=False,
        description="How much the typed text counts beside the parts: a slider from 'like this' to "
        "'more metallic', at 0 the text is left out. Weights of texts and of sounds are worth "
        "the same.",
        examples=[0.5],
    )
    parts: tuple[Part, ...] = Field(
        default=(), max_length=MOST_PARTS, description="Texts, sounds and clips, wanted or not."
    )
    filters: Filters = Field(
        default=Filters(), description="In addition to those typed in the text."
    )
    within: tuple[SoundId, ...] | None = Field(
        default=None,
        max_length=MOST_WITHIN,
        description="Ids of the only sounds to choose from, such as those of an earlier result: "
        "what --refine does at the command line.",
    )
    sort: Sort = Field(
        default="relevance",
        description="Other orders than relevance take the 500 most relevant sounds; filters "
        "alone have no relevance and come by name.",
    )
    facets: tuple[FacetName, ...] = Field(
        default=(),
        description="Count what the answers are: all sounds that fit where there are filters "
        "alone, else the answers among the 1,000 most relevant ones.",
        examples=[["category", "folder", "tag"]],
    )
    mode: Mode = Field(
        default="hybrid",
        description="Rank by what is heard (dense), by the words of names and metadata (lexical), "
        "or by both; sounds and clips are only ever heard.",
    )
    combine: Combine = Field(
        default="blend",
        description="Several wanted parts: 'blend' finds what is nearest to their sum, 'each' what "
        "resembles every one of them, as between two sounds.",
        examples=["each"],
    )
    show_weak: bool = Field(
        default=False,
        description="True: also hits that do not stand out from the background, and those closer "
        "to something unwanted; they are marked.",
    )
    least: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="The strength from which on what is heard is an answer, in place of what "
        "stands out among the sounds that the query may find: from a result's `facets.least`, "
        "so that narrowing it down shows what they counted.",
        examples=[1.7],
    )
    fold: bool = Field(
        default=True,
        description="Takes of one recording are one hit, which lists the others. What filters "
        "alone find is not compared, and so not folded.",
    )
    diversity: float = Field(
        default=0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="From 0, by relevance alone, to 1: the more, the less a hit may be like those "
        "before it. Filters alone, and other orders, leave it out.",
        examples=[0.3],
    )
    limit: int = Field(default=DEFAULT_LIMIT, description="Most hits to return.", examples=[10])
    cursor: str | None = Field(
        default=None, description="From the result before: the same query goes on after it."
    )
