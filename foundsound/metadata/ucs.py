"""The categories of the Universal Category System 8.2.1, a public-domain standard of the trade.

The table holds its facts: CatID, short code, category, subcategory and synonyms in English, from
universalcategorysystem.com (community edition under CC0 1.0).
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_TABLE = "ucs-8.2.1.tsv"


@dataclass(frozen=True, slots=True)
class UcsCategory:
    """One of the 752 categories."""

    cat_id: str  # "DOORWood"
    short: str  # "DOOR"
    category: str  # "DOORS"
    subcategory: str  # "WOOD"
    synonyms: tuple[str, ...]


def category_of(cat_id: str) -> UcsCategory | None:
    """The category of a CatID in any case; None when the standard has none such."""
    return _by_id().get(cat_id.strip().casefold())


def category_named(category: str, subcategory: str) -> UcsCategory | None:
    """The category that bears both names, in any case."""
    if not (category and subcategory):
        return None
    return _by_names().get((category.strip().casefold(), subcategory.strip().casefold()))


@lru_cache(maxsize=1)
def ucs_categories() -> tuple[UcsCategory, ...]:
    """Every category, in the order of the CatIDs. Takes 2 ms the first time."""
    text = files("foundsound.metadata").joinpath("data", _TABLE).read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple(
        UcsCategory(cat_id, short, category, subcategory, tuple(synonyms.split("; ")))
        for cat_id, short, category, subcategory, synonyms in rows
    )


@lru_cache(maxsize=1)
def _by_id() -> dict[str, UcsCategory]:
    return {item.cat_id.casefold(): item for item in ucs_categories()}


@lru_cache(maxsize=1)
def _by_names() -> dict[tuple[str, str], UcsCategory]:
    return {
        (item.category.casefold(), item.subcategory.casefold()): item for item in ucs_categories()
    }
