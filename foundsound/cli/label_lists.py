"""Labels as they are typed in one line."""

from pydantic import ValidationError

from foundsound.errors import InvalidRequest
from foundsound.hearing.labels import MOST_CHARS, MOST_SYNONYMS, Label


def labels_of(typed: str) -> list[Label]:
    """``dog barking|woof, car horn``: separated by commas, synonyms behind bars.

    Raises:
        InvalidRequest: one is too long, or has too many synonyms.
    """
    labels = []
    for each in typed.split(","):
        name, *synonyms = (part.strip() for part in each.split("|"))
        try:
            labels.append(Label(name=name, synonyms=synonyms))
        except ValidationError as error:
            raise InvalidRequest(
                f"A label and its synonyms have at most {MOST_CHARS} characters each, and there "
                f"are at most {MOST_SYNONYMS} synonyms; shorten '{name[:30]}'."
            ) from error
    if labels and not labels[-1].name:  # a comma at the end
        labels.pop()
    return labels
