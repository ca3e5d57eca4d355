"""Takes of one recording, so that ten of them do not fill a page.

Two sounds are takes of each other when their names differ by a take's number alone, they lie in the
same folder, and they sound more alike than not; or when they sound all but the same and are of one
length, whatever they are called.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from foundsound.embedding.embedder import Floats

SAME = 0.995  # cosine; 0.98 merges windows of one sound, and other sounds reach that too
TAIL = 24  # characters of a name that may hold a take's number
SAME_LENGTH = 0.02  # difference, of the longer one
# "Rain 2", "rain_take03", "rain (4)", "rain-tk-7b"; but "kick01" only with two digits: of a "C4"
# the number is no take's.
_TAKE = re.compile(
    r"(?:[\s._-]*(?:take|tk|alt|version|ver|v)[\s._-]*\d{1,4}[a-z]?"
    r"|[\s._-]+\d{1,4}[a-z]?|(?<=\D)\d{2,4}|[\s._-]*\(\d{1,4}\))$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Candidate:
    """A hit that may be a take of another.

    Args:
        vector: of the best window, float32 ``[dim]``, unit length; None where none is known.
    """

    path: str
    duration_s: float
    vector: Floats | None


@lru_cache(maxsize=20_000)  # the same sounds come again and again
def take_stem(path: str) -> str:
    """Folder and name without ending and take number, in one case: the same for all takes."""
    folder, _, name = path.rpartition("/")
    name = os.path.splitext(name)[0]
    take = _TAKE.search(name, max(0, len(name) - TAIL))
    if take is not None and take.start() > 0:
        name = name[: take.start()]
    return f"{folder}/{name.casefold()}"


def fold(candidates: Sequence[Candidate], alike: float) -> list[list[int]]:
    """Groups of numbers, each led by its best candidate; in the order of their leaders.

    A candidate joins the first group whose leader it is a take of, so that groups do not creep from
    one sound to a quite different one.

    Args:
        candidates: best first.
        alike: the cosine from which two sounds of one name are takes.
    """
    stems = [take_stem(each.path) for each in candidates]
    groups: list[list[int]] = []
    for at, each in enumerate(candidates):
        for group in groups:
            leader = candidates[group[0]]
            if _is_take(each, leader, stems[at] == stems[group[0]], alike):
                group.append(at)
                break
        else:
            groups.append([at])
    return groups


def _is_take(one: Candidate, other: Candidate, named_alike: bool, alike: float) -> bool:
    if one.vector is None or other.vector is None:
        return named_alike
    if named_alike:
        return float(np.dot(one.vector, other.vector)) >= alike
    longer = max(one.duration_s, other.duration_s)
    same_length = abs(one.duration_s - other.duration_s) <= SAME_LENGTH * longer
    return same_length and float(np.dot(one.vector, other.vector)) >= SAME
