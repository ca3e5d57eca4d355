"""Zero-shot classification, and the label sets that it can take by name."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from foundsound.hearing.classifier import Classification, ClassifyRequest
from foundsound.hearing.label_sets import LabelSet, LabelSetReport
from search_api.heard_body import HeardBody, body_schema, heard_body, parsed
from search_api.problems import responses
from search_api.state import MODEL_HELP, State, WritersOnly

router = APIRouter(tags=["classification"])
Name = Annotated[str, Path(max_length=400, description="The set's name, in any case.")]


class ClassifyBody(ClassifyRequest):
    """Sounds, labels, and the model that they are meant for."""

    model: str | None = Field(default=None, description=MODEL_HELP, examples=["starter"])

    @property
    def request(self) -> ClassifyRequest:
        """The request alone."""
        return ClassifyRequest(
            **{name: getattr(self, name) for name in ClassifyRequest.model_fields}
        )


@router.post(
    "/classify",
    summary="Which of these is it?",
    responses=responses(400, 404, 413, 422, 503),
    openapi_extra=body_schema(ClassifyBody),
)
def classify(state: State, body: Annotated[HeardBody, Depends(heard_body)]) -> Classification:
    """Score sounds with labels: JSON for sounds of the library, a form for files as well."""
    wanted: ClassifyBody = parsed(ClassifyBody, body)
    state.check_model(wanted.model)
    with body.clips() as clips:
        return state.classifier.classify(wanted.request, clips)


@router.get("/label-sets", summary="Label sets")
def label_sets(state: State) -> list[LabelSetReport]:
    """Every saved set, in alphabetical order."""
    return state.classifier.sets.all()


@router.get("/label-sets/{name:path}", summary="A label set", responses=responses(404))
def label_set(name: Name, state: State) -> LabelSetReport:
    """What it holds."""
    return state.classifier.sets.named(name)


@router.put(
    "/label-sets/{name:path}",
    summary="Save a label set",
    responses=responses(401, 403, 422),
    dependencies=[WritersOnly],
)
def save_label_set(name: Name, wanted: LabelSet, state: State) -> LabelSetReport:
    """Keep labels under a name; what a set of that name held before is forgotten."""
    return state.classifier.sets.save(name, wanted)


@router.delete(
    "/label-sets/{name:path}",
    status_code=204,
    summary="Delete a label set",
    responses=responses(401, 403, 404),
    dependencies=[WritersOnly],
)
def delete_label_set(name: Name, state: State) -> None:
    """Forget a set."""
    state.classifier.sets.delete(name)
