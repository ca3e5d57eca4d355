"""Labels as they are typed in one line."""

from foundsound.hearing.labels import Label


def labels_of(typed: str) -> list[Label]:
    """``dog barking|woof, car horn``: separated by commas, synonyms behind bars."""
    labels = []
    for each in typed.split(","):
        name, *synonyms = (part.strip() for part in each.split("|"))
        labels.append(Label(name=name, synonyms=synonyms))
    if labels and not labels[-1].name:  # a comma at the end
        labels.pop()
    return labels
