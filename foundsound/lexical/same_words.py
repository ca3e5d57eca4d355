"""Words that the trade writes in several ways: abbreviations, and forms that no stemmer unites."""

from functools import lru_cache
from importlib.resources import files

from foundsound.lexical.tokens import stem_of


def same_as(stem: str) -> frozenset[str]:
    """Stems that mean the same as this one, without itself."""
    return _groups().get(stem, frozenset())


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    text = files("foundsound.lexical").joinpath("data", "same_words.txt").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        stems = [stem_of(word) for word in line.split()]
        for stem in stems:
            found.setdefault(stem, set()).update(stems)
    return {stem: frozenset(same - {stem}) for stem, same in found.items()}
