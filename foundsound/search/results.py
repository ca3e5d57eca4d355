"""What a search returns, in the one shape that the API and ``--json`` share."""

from datetime import datetime

from pydantic import BaseModel, Field

from foundsound.client_paths import ShownPath
from foundsound.lexical.fields import Field as Field_
from foundsound.search.facet_results import Facets
from foundsound.search.query.parts import Part


class Reason(BaseModel):
    """What one part of the query gave to a hit."""

    part: int = Field(description="Which of the result's parts.")
    cosine: float = Field(description="Cosine between that part alone and the best window.")
    contribution: float = Field(
        description="Its share of the score, below 0 for one that takes away; they sum up to it."
    )


class Ranking(BaseModel):
    """Where a hit stands in one of the rankings that are fused."""

    rank: int = Field(description="From 1 on; sounds that fit equally well share one.")
    contribution: float = Field(description="What it gives to the hit's place in the result.")


class MatchedWord(BaseModel):
    """A word of the query that is said of the sound."""

    word: str = Field(description="As it was typed.", examples=["thundr"])
    found: str = Field(description="As it stands there.", examples=["Thunder"])
    field: Field_ = Field(description="Where it stands, the most telling place of several.")


class Hit(BaseModel):
    """One sound that was found, with the stretch of it that fits best."""

    sound_id: str = Field(description="Content hash: the same for every copy of the file.")
    path: ShownPath = Field(
        description=r"Where the file lies, of several places one that fits the filters; bytes that "
        r"are not UTF-8 show as \xNN."
    )
    score: float | None = Field(
        description="Cosine between query and best window, -1 to 1; null where nothing was "
        "compared: filters alone, and mode=lexical."
    )
    strength: float | None = Field(
        default=None,
        description="How far the score lies above what unlike sounds score with this query, in "
        "background deviations: below 2 is chance, 4 is clear. Null where nothing was compared, "
        "and before the model was measured, which the next index run does.",
        examples=[4.7],
    )
    bar: float | None = Field(
        default=None,
        description="How well the hit fits, as a length from 0 to 1: by its strength, full at 8 "
        "deviations or at a perfect match where that is weaker, and by how much of the query its "
        "words match. By relevance it never grows from hit to hit. Null where neither was asked.",
        examples=[0.78],
    )
    weak: bool = Field(
        default=False,
        description="True: no answer, but shown because show_weak asked for it.",
    )
    takes: list[str] = Field(
        default=[],
        description="Further takes of the same recording, which this hit stands for: sound ids.",
    )
    start_s: float = Field(description="Where the best window starts, in seconds.")
    end_s: float = Field(description="Where the best window ends, in seconds.")
    duration_s: float = Field(description="Length of the whole sound, in seconds.")
    sample_rate: int = Field(description="Hz, as in the file.")
    channels: int = Field(description="As in the file.")
    format: str = Field(description="Container, for example WAV.")
    added_at: datetime = Field(description="When the sound came into the library.")
    loudness_lufs: float | None = Field(
        default=None, description="Integrated loudness in LUFS; null until it is measured."
    )
    offline: bool = Field(
        default=False, description="The file lies on a drive that is not there now."
    )
    reasons: list[Reason] = Field(default=[], description="What each part contributed.")
    demoted_by: int | None = Field(
        default=None,
        description="The unwanted part that the hit is closer to than to what is wanted; such hits "
        "come after the others.",
    )
    heard: Ranking | None = Field(
        default=None,
        description="By what it sounds like; null when that was not asked, and for a hit that "
        "its words have brought from far down there.",
    )
    said: Ranking | None = Field(
        default=None, description="By its words; null when it has none of the query's."
    )
    words: list[MatchedWord] = Field(default=[], description="The query's words that it has.")


class SearchedAs(BaseModel):
    """A text in another language, and what was searched in its place."""

    part: int = Field(description="Which of the result's parts.")
    language: str = Field(
        description="ISO 639-1; und where a translation model alone read it.", examples=["de"]
    )
    typed: str = Field(examples=["Hundegebell"])
    english: str = Field(examples=["dog barking"])


class SearchResult(BaseModel):
    """The hits of one search, best first."""

    hits: list[Hit]
    model: str = Field(description="The embedding model that compared them.")
    took_ms: float = Field(description="Time spent embedding the query and searching.")
    parts: list[Part] = Field(default=[], description="The query's parts, as they were understood.")
    understood: str | None = Field(
        default=None,
        description="The typed text in its plainest form.",
        examples=["rain -thunder dur:<10"],
    )
    searched_as: list[SearchedAs] = Field(
        default=[],
        description="Texts in other languages: the English in place of which they were searched.",
    )
    answered: bool = Field(
        default=True,
        description="False: nothing in the library stands out for this query; with show_weak the "
        "nearest are shown all the same.",
    )
    nothing: str | None = Field(
        default=None,
        description="Why nothing at all can be found here, as a sentence: the library is empty, "
        "its files are gone, or none is indexed yet.",
    )
    facets: Facets | None = Field(default=None, description="When the query asked for some.")
    cursor: str | None = Field(
        default=None, description="Send it with the same query for the hits that follow."
    )
