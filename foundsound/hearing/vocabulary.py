"""What can be suggested: the categories of UCS, and tags by the class names of AudioSet.

A category is its names and, as one text more, its synonyms: on the demo library, with ``starter``,
the first suggestion is right for 0.48 of the sounds instead of 0.44, and a right one is among those
shown for 0.58 instead of 0.52 (``python -m benchmarks.suggestions``).
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from foundsound.metadata.ucs import ucs_categories

Kind = Literal["ucs", "tag"]
VERSION = 2  # of the entries, of their texts, and of how they are chosen from
NO_SOUNDS = "ARCHIVED"  # takes, mixes and stems: what a file is for
NO_TAGS = frozenset(  # of a room, a recording or nothing in particular: no sound
    {"inside", "outside", "silence", "field recording", "sound effect", "environmental noise"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a sound may be."""

    kind: Kind
    value: str  # a CatID, or the tag
    texts: tuple[str, ...]  # that are embedded; their mean stands for it


@lru_cache(maxsize=1)
def vocabulary() -> tuple[Entry, ...]:
    """Every entry, categories first."""
    return (*_categories(), *_tags())


def _categories() -> list[Entry]:
    return [
        Entry(
            "ucs",
            each.cat_id,
            (f"{each.category} {each.subcategory}".lower(), ", ".join(each.synonyms)),
        )
        for each in ucs_categories()
        if each.category != NO_SOUNDS
    ]


def _tags() -> list[Entry]:
    lines = files("foundsound.hearing").joinpath("data", "audioset-classes.txt").read_text("utf-8")
    entries: dict[str, Entry] = {}
    for line in lines.splitlines():
        tag = line.partition(",")[0].partition(" (")[0].lower()
        if not line.startswith("#") and tag not in NO_TAGS:
            entries.setdefault(tag, Entry("tag", tag, (line.lower(),)))
    return list(entries.values())
