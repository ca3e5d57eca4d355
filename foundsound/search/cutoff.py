"""What counts as an answer: hits that stand out from the background and beside the best of them.

Two limits, neither of them a score. A query is answered when its best hit lies ``ANSWER``
background deviations above the mean, ``STRANGE`` more when its words are none that are said of
sounds, and more the more sounds there are: the best of many is strong by chance, and grows with
their logarithm as extreme values do (Gumbel, "Statistics of Extremes", 1958). Then every hit
counts that has ``SHARE`` of the best one's strength, and at least ``NOISE``. A query by sound can
not be that strong in every space, so its limit is no higher than a third of a perfect match's
strength: of the demo library's 116 sounds, 108 then find something like them.

Measured by ear alone, answered of 60 texts that describe no sound, and of 127 and 218 that do; in
brackets before a strange text's limit rose from 4.5 to 5 deviations, whatever a space can reach,
and that of others fell from 2.5 to 2 (``python -m benchmarks.unanswered``)::

    library, model                         no sound        sounds
    116 sounds, starter                    15 % (13)       97 % (91)
    116 sounds, starter-bridge             33 % (33)       97 % (91)
    875 sounds, a starter that never heard them
                                           12 % (15)       93 % (88)
    875 sounds, starter-bridge             38 % (73)       94 % (92)

Where names are asked as well, all of the 127 are answered and 99 % of the 218, and of the texts
that describe no sound 17 to 43 %: letters hardly ever, the others by a word in a name or by ear.
"""

import math
from collections.abc import Sequence

from foundsound.search.familiar import is_familiar
from foundsound.search.query.parts import Part, TextPart
from foundsound.search.strength import Scale

ANSWER = 2.0  # background deviations, in a library of
FEW = 116  # sounds
GROWTH = 0.5  # deviations for each time that there are e times as many,
MOST_GROWTH = 2.0  # up to 6,000 sounds: what comes then is not measured
STRANGE = 3.0
SHARE = 0.35  # of the best hit's strength
NOISE = 1.25


def least_strength(scale: Scale, parts: Sequence[Part], best: float, sounds: int = FEW) -> float:
    """The strength that a hit must have to count as an answer; infinite when nothing is one.

    Args:
        best: the strongest hit's strength.
        sounds: how many it is the best of.
    """
    third = scale.reach / 3
    growth = min(GROWTH * math.log(max(sounds, FEW) / FEW), MOST_GROWTH)
    limit = ANSWER + STRANGE * is_strange(parts) + growth
    if best < (limit if _by_text_alone(parts) else min(limit, third)):
        return float("inf")
    return max(min(NOISE, third), SHARE * best)


def is_strange(parts: Sequence[Part]) -> bool:
    """True when all is text, and none of what is wanted is said in words of sounds."""
    texts = [part.text for part in parts if isinstance(part, TextPart) and not part.negative]
    return _by_text_alone(parts) and not any(map(is_familiar, texts))


def _by_text_alone(parts: Sequence[Part]) -> bool:
    return all(isinstance(part, TextPart) for part in parts)
