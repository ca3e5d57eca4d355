"""What an evaluation of search says; the table, ``--json`` and ``--output`` share its shape."""

from pydantic import BaseModel, Field

from foundsound.evaluation.report import LeftOut, Value


class Gain(BaseModel):
    """The last mode beside the best of the others, over the same queries."""

    mode: str = Field(description="The mode that was judged.")
    other: str = Field(description="The best of the other modes by its mean.")
    share: float = Field(description="How far its mean is above that of the other, 0.15 = 15 %.")
    difference: Value = Field(description="Of the two, query by query.")


class SearchFigure(BaseModel):
    """One figure of every mode, over the same queries."""

    name: str
    group: str = Field(description="'all', or a column of queries.csv and its value: 'kind=verb'.")
    n: int = Field(description="Queries averaged over.")
    chance: float = Field(description="Expected of a random order, exactly.")
    best: float = Field(description="What a perfect order reaches.")
    values: dict[str, Value] = Field(description="By mode.")
    gain: Gain | None = Field(description="Of the hybrid mode; null when it was not asked for.")


class SearchRun(BaseModel):
    """One library: a model, and what its files are called."""

    model: str
    version: str
    names: str = Field(description="real, hashed or ucs.")
    index_s: float = Field(description="Making the library.")
    search_ms: dict[str, float] = Field(description="Median of a search, by mode.")
    figures: list[SearchFigure]


class SearchOutcome(BaseModel):
    """One query in one library, by each mode."""

    query: str
    model: str
    names: str
    right: int = Field(description="Sounds that fit: of grade 2 or 3.")
    ndcg: dict[str, float] = Field(description="nDCG@10, by mode.")
    found: dict[str, list[str]] = Field(description="The first ten files, by mode.")


class SearchEvaluation(BaseModel):
    """Everything an evaluation of search found."""

    dataset: str
    kind: str = Field(description="csv, esc50 or labelled.")
    date: str = Field(description="UTC, ISO 8601.")
    foundsound: str = Field(description="Version of foundsound.")
    sounds: int = Field(description="Different contents ranked.")
    copies: int = Field(description="Further files with the content of another.")
    seconds: float = Field(description="The whole evaluation.")
    modes: list[str]
    runs: list[SearchRun]
    queries: list[SearchOutcome]
    unanswered: list[str] = Field(description="Queries left out: none of their files is usable.")
    left_out: list[LeftOut]
