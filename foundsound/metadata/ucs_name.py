"""UCS file names: ``CatID[-UserCategory]_[VendorCategory-]FXName_CreatorID_SourceID[_UserData]``.

A name belongs to a location, not to a sound: two copies of a sound may be filed differently.
"""

import re
from dataclasses import dataclass

from foundsound.metadata.ucs import UcsCategory, category_of

# Hyphens are common in names ("Whoosh-by"); a vendor category is a code in capitals before one.
_VENDOR = re.compile(r"([A-Z][A-Z0-9]+)-(?=[^\d\s])(.+)", re.DOTALL)


@dataclass(frozen=True)
class UcsName:
    """What a file name says by the standard; everything behind the CatID may be missing."""

    category: UcsCategory
    user_category: str | None = None
    vendor_category: str | None = None
    fx_name: str | None = None
    creator_id: str | None = None
    source_id: str | None = None
    user_data: str | None = None


def parse_ucs_name(name: str) -> UcsName | None:
    """Read a file name, without its folder; None unless it begins with a CatID of the standard.

    The CatID alone is enough, and its case does not matter, but for the 24 that are ordinary words
    (RAIN, TEST, MIX, RAW ...): those count in capitals only, or "test_3.wav" would be a test tone.
    """
    stem, dot, _ = name.rpartition(".")
    first, *blocks = (stem if dot and stem else name).split("_")
    cat_id, _, user_category = first.partition("-")
    category = category_of(cat_id)
    if category is None or (category.cat_id.isupper() and not cat_id.isupper()):
        return None
    fx_name, creator_id, source_id = (blocks + [""] * 3)[:3]
    vendor = _VENDOR.fullmatch(fx_name)
    return UcsName(
        category=category,
        user_category=user_category or None,
        vendor_category=vendor[1] if vendor else None,
        fx_name=(vendor[2] if vendor else fx_name) or None,
        creator_id=creator_id or None,
        source_id=source_id or None,
        user_data="_".join(blocks[3:]) or None,
    )
