"""Words that are said of sounds: the names and synonyms of the Universal Category System, 7,700."""

from functools import lru_cache

from foundsound.lexical.tokens import tokens
from foundsound.metadata.ucs import ucs_categories


@lru_cache(maxsize=1)
def known_stems() -> frozenset[str]:
    """Their stems. Takes 0.1 s the first time."""
    words = _said()  # each once, and those with accents by themselves: they take longer
    texts = (" ".join(filter(str.isascii, words)), " ".join(w for w in words if not w.isascii()))
    return frozenset(token.stem for text in texts for token in tokens(text))


def _said() -> set[str]:
    fields = (
        field
        for each in ucs_categories()
        for field in (each.category, each.subcategory, *each.synonyms)
    )
    return {word for field in fields for word in field.lower().split()}
