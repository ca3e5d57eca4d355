"""What is put around a query before it is embedded: "dog", or "This is a sound of dog."."""

from collections.abc import Sequence

from foundsound.errors import InvalidRequest

PLAIN = "{}"  # the words alone, as a person types them into a search
PLACES = ("{}", "{label}")


def prompts(template: str, queries: Sequence[str]) -> list[str]:
    """The template with each query in place of ``{}`` or ``{label}``.

    Raises:
        InvalidRequest: the template has no place for the words.
    """
    for place in PLACES:
        if place in template:
            return [template.replace(place, query) for query in queries]
    raise InvalidRequest(
        f"The template '{template}' has no {{}} where the words go, "
        "as in 'This is a sound of {}.'"
    )
