"""Words that are said of sounds: the names and synonyms of the Universal Category System, 7,700."""

from functools import lru_cache

from foundsound.lexical.tokens import tokens
from foundsound.metadata.ucs import ucs_categories


@lru_cache(maxsize=1)
def known_stems() -> frozenset[str]:
    """Their stems. Takes 0.1 s the first time."""
    said = (
        " ".join((each.category, each.subcategory, *each.synonyms)).lower()
        for each in ucs_categories()
    )
    return frozenset(token.stem for text in said for token in tokens(text))
