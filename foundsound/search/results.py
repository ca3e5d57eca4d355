"""What a search returns, in the one shape that the API and ``--json`` share."""

from pydantic import BaseModel, Field


class Hit(BaseModel):
    """One sound that was found, with the stretch of it that fits best."""

    sound_id: str = Field(description="Content hash: the same for every copy of the file.")
    path: str = Field(description=r"Where the file lies; bytes that are not UTF-8 show as \xNN.")
    score: float = Field(description="Cosine between query and best window, -1 to 1.")
    start_s: float = Field(description="Where the best window starts, in seconds.")
    end_s: float = Field(description="Where the best window ends, in seconds.")
    duration_s: float = Field(description="Length of the whole sound, in seconds.")
    sample_rate: int = Field(description="Hz, as in the file.")
    channels: int = Field(description="As in the file.")
    format: str = Field(description="Container, for example WAV.")


class SearchResult(BaseModel):
    """The hits of one search, best first."""

    hits: list[Hit]
    model: str = Field(description="The embedding model that compared them.")
    took_ms: float = Field(description="Time spent embedding the query and searching.")
