"""What an evaluation says: the shape that the table, ``--json`` and ``--output`` share."""

from pydantic import BaseModel, Field

from foundsound.evaluation.zero_shot import ZeroShotOutcome


class Value(BaseModel):
    """A mean over n queries or sounds."""

    mean: float
    error: float | None = Field(description="Its standard error; null when n is 1.")


class Figure(BaseModel):
    """One figure of every model, over the same queries or sounds."""

    task: str = Field(description="text to sound, zero-shot, or sound to sound.")
    name: str
    n: int = Field(description="Queries or sounds averaged over.")
    chance: float = Field(description="Expected of a random order, exactly.")
    best: float = Field(description="What a perfect order reaches.")
    values: dict[str, Value] = Field(description="By model.")


class ModelRun(BaseModel):
    """One model: what made the vectors, and how long it took."""

    name: str
    version: str
    dim: int
    load_s: float = Field(description="Until it had loaded and passed its self-check.")
    embed_s: float = Field(description="Decoding and embedding every sound.")
    text_s: float = Field(description="Embedding every query.")


class Found(BaseModel):
    """What a model found for a query."""

    rank: int = Field(description="Place of the first right sound, 1 = on top.")
    first: str = Field(description="The file on top.")


class QueryOutcome(BaseModel):
    """One query: as it was given, how many sounds are right, and what each model found."""

    query: str
    sounds: int
    models: dict[str, Found]


class LeftOut(BaseModel):
    """A file that could not be used, and why. No figure counts it."""

    path: str
    reason: str


class Evaluation(BaseModel):
    """Everything an evaluation found."""

    dataset: str
    kind: str = Field(description="csv or esc50.")
    template: str = Field(description="What was put around each query; {} stands for the words.")
    date: str = Field(description="UTC, ISO 8601.")
    foundsound: str = Field(description="Version of foundsound.")
    sounds: int = Field(description="Different contents ranked, distractors included.")
    distractors: int = Field(description="Sounds among them that answer no query.")
    copies: int = Field(description="Further files with the content of another; not counted.")
    audio_s: float = Field(description="Length of all sounds.")
    seconds: float = Field(description="The whole evaluation.")
    models: list[ModelRun]
    figures: list[Figure]
    queries: list[QueryOutcome]
    unanswered: list[str] = Field(description="Queries left out: none of their files is usable.")
    left_out: list[LeftOut]
    zero_shot: dict[str, ZeroShotOutcome] = Field(
        default={}, description="By model, where it was asked for."
    )
