"""Labels to choose between: what a person types, checked, and the phrases that it stands for."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from foundsound.catalog.names import name_key
from foundsound.errors import InvalidRequest

MOST_LABELS = 200
MOST_SYNONYMS = 20
MOST_TEMPLATES = 10
MOST_PHRASES = 2000  # labels with their synonyms, in every template
MOST_CHARS = 200  # of a label, a synonym or a template
PLACE = "{}"  # where a template takes the label


class Label(BaseModel):
    """A name to choose, and other words for it: the best fitting one counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(max_length=MOST_CHARS, examples=["dog barking"])
    synonyms: list[Annotated[str, Field(max_length=MOST_CHARS)]] = Field(
        default=[], max_length=MOST_SYNONYMS, examples=[["a dog's bark", "woof"]]
    )


def _from_text(label: object) -> object:
    return {"name": label} if isinstance(label, str) else label


AnyLabel = Annotated[Label, BeforeValidator(_from_text)]  # "dog barking" is a label as it stands


def tidy_labels(labels: Sequence[Label]) -> list[Label]:
    """The labels without needless spaces.

    Raises:
        InvalidRequest: one is empty or there twice, or there are too many.
    """
    if len(labels) > MOST_LABELS:
        raise InvalidRequest(
            f"There are {len(labels):,} labels, and at most {MOST_LABELS} can be told apart at "
            "once; choose those that may occur."
        )
    tidied = [
        Label(name=" ".join(label.name.split()), synonyms=_tidy_synonyms(label)) for label in labels
    ]
    if any(not label.name for label in tidied):
        raise InvalidRequest("A label is empty; describe a sound, such as 'dog barking'.")
    if not all(phrase.isprintable() for label in tidied for phrase in phrases_of(label)):
        raise InvalidRequest("A label holds characters that cannot be read; write plain text.")
    check_distinct([label.name for label in tidied])
    return tidied


def check_distinct(names: Sequence[str]) -> None:
    """Refuse labels that are there twice, in whatever case.

    Raises:
        InvalidRequest: one is.
    """
    seen: set[str] = set()
    for name in names:
        if name_key(name) in seen:
            raise InvalidRequest(f"The label '{name}' is there twice; give each label once.")
        seen.add(name_key(name))


def check_templates(templates: Sequence[str]) -> None:
    """Refuse templates that say nothing of a label.

    Raises:
        InvalidRequest: one has no ``{}``, or is too long, or there are too many.
    """
    if len(templates) > MOST_TEMPLATES:
        raise InvalidRequest(f"There are {len(templates)} templates; the most is {MOST_TEMPLATES}.")
    for template in templates:
        if template.count(PLACE) != 1 or len(template) > MOST_CHARS:
            raise InvalidRequest(
                f"The template '{template[:MOST_CHARS]}' must hold {PLACE} once, where the label "
                "goes, such as 'the sound of {}'."
            )


def phrases_of(label: Label) -> list[str]:
    """The label and its synonyms."""
    return [label.name, *label.synonyms]


def _tidy_synonyms(label: Label) -> list[str]:
    tidied = (" ".join(synonym.split()) for synonym in label.synonyms)
    return [synonym for synonym in dict.fromkeys(tidied) if synonym]
