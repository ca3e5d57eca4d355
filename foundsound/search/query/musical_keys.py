"""The filter on the musical key: ``key:Am``, ``key:Bb`` (the same as A#), ``key:"F# minor"``."""

import re
from itertools import product

from sqlalchemy import ColumnElement, or_

from foundsound.catalog.models import StoredAnalysis, StoredMetadata
from foundsound.errors import InvalidRequest
from foundsound.search.query.kind import Scope
from foundsound.search.query.related import holds

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MINOR, MAJOR = ("m", "min", "minor"), ("", "M", "maj", "major")
_KEY = re.compile(r"([A-Ga-g])([#b♯♭]?) ?(m|M||(?i:min|minor|maj|major))")


def tidy_key(typed: str) -> str:
    """A key as the analysis names it: a sharp where there is a choice, ``m`` for minor.

    Raises:
        InvalidRequest: it is none.
    """
    found = _KEY.fullmatch(" ".join(typed.split()))
    if found is None:
        raise InvalidRequest(
            f"'{typed.strip()}' is no musical key; write for example Am, F# or Bb."
        )
    letter, accidental, mode = found.groups()
    pitch = SHARPS[(NATURALS[letter.upper()] + ACCIDENTALS[accidental]) % 12]
    return f"{pitch}m" if mode == "m" or mode.lower().startswith("min") else pitch


def key_is(key: str, scope: Scope) -> ColumnElement[bool]:
    """Whether the file says so, or it is heard.

    Raises:
        InvalidRequest: it is no key.
    """
    spellings = _spellings(tidy_key(key))
    said = holds(StoredMetadata.key, StoredMetadata.key.in_(spellings), scope)
    return or_(said, holds(StoredAnalysis.key, StoredAnalysis.key.in_(spellings), scope))


def _spellings(key: str) -> list[str]:
    """Everything that means this key where files name theirs."""
    pitch = SHARPS.index(key.removesuffix("m"))
    names = [
        letter + accidental
        for letter, accidental in product(NATURALS, ACCIDENTALS)
        if (NATURALS[letter] + ACCIDENTALS[accidental]) % 12 == pitch
    ]
    letters = [*names, *(name[0].lower() + name[1:] for name in names)]
    modes = MINOR if key.endswith("m") else MAJOR
    return sorted({"".join(each) for each in product(letters, ("", " "), modes)})
