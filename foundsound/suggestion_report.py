"""Suggested categories and tags, in the shapes that the API and the CLI share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from foundsound.catalog.suggestions import (
    decide,
    decisions_of,
    reconsider,
    suggestions_of,
)
from foundsound.catalog.tags import add_tags
from foundsound.errors import NotFound
from foundsound.metadata.ucs import category_of
from foundsound.user_data import NO_NUL, check_sounds

Kind = Literal["ucs", "tag"]
Value = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]


class SuggestionReport(BaseModel):
    """A category or a tag that a sound may deserve; nobody gave it."""

    kind: Kind = Field(description="A UCS category, or a tag by the class names of AudioSet.")
    value: str = Field(description="A CatID, or the tag.", examples=["DOORWood"])
    name: str = Field(examples=["DOORS / WOOD"])
    strength: float = Field(
        description="Background deviations above what unlike sounds score with it.", examples=[5.1]
    )


class DecisionReport(BaseModel):
    """What a person said of a suggestion."""

    kind: Kind
    value: str
    accepted: bool


class SuggestionEdit(BaseModel):
    """Suggestions by their values; what is accepted becomes a tag, a category its CatID."""

    model_config = ConfigDict(extra="forbid")

    accept: list[Value] = Field(default=[], max_length=100, examples=[["DOORWood", "slam"]])
    reject: list[Value] = Field(default=[], max_length=100)
    reconsider: list[Value] = Field(
        default=[],
        max_length=100,
        description="Decisions that are taken back; tags that came of them stay.",
    )


def report_suggestions(session: Session, sound_id: str) -> list[SuggestionReport]:
    """What is suggested for a sound, strongest first."""
    return [
        SuggestionReport(
            kind="ucs" if each.kind == "ucs" else "tag",
            value=each.value,
            name=suggested_name(each.kind, each.value),
            strength=each.strength,
        )
        for each in suggestions_of(session, sound_id)
    ]


def report_decisions(session: Session, sound_id: str) -> list[DecisionReport]:
    """What was accepted and rejected."""
    return [
        DecisionReport(
            kind="ucs" if row.kind == "ucs" else "tag", value=row.value, accepted=row.accepted
        )
        for row in decisions_of(session, sound_id)
    ]


def edit_suggestions(session: Session, sound_id: str, edit: SuggestionEdit) -> None:
    """Accept, reject, take back; the caller writes alone, and refreshes words afterwards.

    Raises:
        NotFound: the sound is not in the library, or a value is not suggested for it.
        InvalidRequest: a value cannot be a tag.
    """
    check_sounds(session, [sound_id])
    known = {each.value.casefold(): each for each in suggestions_of(session, sound_id)}
    for values, accept in ((edit.accept, True), (edit.reject, False)):
        chosen = []
        for value in values:
            if value.casefold() not in known:
                raise NotFound(f"'{value}' is not suggested for this sound.")
            chosen.append(known[value.casefold()])
        if chosen:
            pairs = [(each.kind, each.value) for each in chosen]
            decide(session, sound_id, pairs, accept=accept)
            if accept:
                add_tags(session, [sound_id], [each.value for each in chosen])
    decided = {row.value.casefold(): row for row in decisions_of(session, sound_id)}
    taken_back = []
    for value in edit.reconsider:
        if value.casefold() not in decided:
            raise NotFound(f"Nothing was decided about '{value}' for this sound.")
        row = decided[value.casefold()]
        taken_back.append((row.kind, row.value))
    if taken_back:
        reconsider(session, sound_id, taken_back)


def suggested_name(kind: str, value: str) -> str:
    """What a person calls it: ``DOORS / WOOD``, or the tag itself."""
    known = category_of(value) if kind == "ucs" else None
    return f"{known.category} / {known.subcategory}" if known else value
