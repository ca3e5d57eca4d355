"""Enrolled sounds: named by examples."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from foundsound.hearing.enrolled import EnrolledReport
from foundsound.hearing.stretches import Heard
from search_api.heard_body import HeardBody, body_schema, heard_body, parsed
from search_api.problems import responses
from search_api.state import State, WritersOnly

router = APIRouter(prefix="/enrolled", tags=["enrolled sounds"])
Name = Annotated[str, Path(max_length=400, description="Its name, in any case.")]


class NewEnrolled(BaseModel):
    """A sound to enrol."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(examples=["our elevator's fault"])
    examples: list[Heard] = Field(
        default=[],
        description="1 to 20 sounds of the library and clips, or stretches of them; clips that "
        "none names are examples as well.",
    )
    add: bool = Field(default=False, description="To a sound of this name, if there is one.")


@router.get("", summary="Enrolled sounds")
def enrolled_sounds(state: State) -> list[EnrolledReport]:
    """Every enrolled sound, in alphabetical order, and how well each is known."""
    return state.classifier.enrolled.reports()


@router.post(
    "",
    status_code=201,
    summary="Enrol a sound",
    responses=responses(400, 401, 403, 413, 422, 503),
    dependencies=[WritersOnly],
    openapi_extra=body_schema(NewEnrolled),
)
def enrol(state: State, body: Annotated[HeardBody, Depends(heard_body)]) -> EnrolledReport:
    """Name a sound by examples: JSON for sounds of the library, a form for files as well."""
    wanted: NewEnrolled = parsed(NewEnrolled, body)
    with body.clips() as clips:
        return state.classifier.enrolled.enrol(wanted.name, wanted.examples, clips, add=wanted.add)


@router.get("/{name:path}", summary="An enrolled sound", responses=responses(404, 422))
def enrolled_sound(name: Name, state: State) -> EnrolledReport:
    """Its examples, and how well it is known."""
    return state.classifier.enrolled.report(name)


@router.delete(
    "/{name:path}",
    status_code=204,
    summary="Forget an enrolled sound",
    responses=responses(401, 403, 404),
    dependencies=[WritersOnly],
)
def remove_enrolled(name: Name, state: State) -> None:
    """Forget it with its examples."""
    state.classifier.enrolled.remove(name)
