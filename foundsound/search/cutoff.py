"""What counts as an answer: hits that stand out from the background and beside the best of them.

Two limits, neither of them a score. A query is answered when its best hit lies ``ANSWER``
background deviations above the mean, ``STRANGE`` more when its words are none that are said of
sounds, and more the more sounds there are: the best of many is strong by chance, and grows with
their logarithm as extreme values do (Gumbel, "Statistics of Extremes", 1958). Then every hit
counts that has ``SHARE`` of the best one's strength, and at least ``NOISE``. A query by sound can
not be that strong in every space, so no limit is higher than a third of a perfect match's strength:
of the demo library's 116 sounds, 108 then find something like them.

Measured by ear alone, answered of 50 texts that describe no sound, and of 127 and 218 that do::

    library, model                         no sound      sounds
    116 sounds, starter                          14 %        90 %
    116 sounds, starter-bridge                   16 %        89 %
    875 sounds, a starter that never heard them  14 %        89 %   without growth 36 and 96 %
    875 sounds, starter-bridge                   44 %        94 %   without growth 64 and 98 %

Where names are asked as well, all of the 127 are answered, and 99 % of the 218 with names by UCS;
of the texts that describe no sound 28 and 48 %, by names that have one of their words.
"""

import math
from collections.abc import Sequence

from foundsound.search.familiar import is_familiar
from foundsound.search.query.parts import Part, TextPart
from foundsound.search.strength import Scale

ANSWER = 2.5  # background deviations, in a library of
FEW = 116  # sounds
GROWTH = 0.5  # deviations for each time that there are e times as many,
MOST_GROWTH = 2.0  # up to 6,000 sounds: what comes then is not measured
STRANGE = 2.0
SHARE = 0.35  # of the best hit's strength
NOISE = 1.25


def least_strength(scale: Scale, parts: Sequence[Part], best: float, sounds: int = FEW) -> float:
    """The strength that a hit must have to count as an answer; infinite when nothing is one.

    Args:
        best: the strongest hit's strength.
        sounds: how many it is the best of.
    """
    third = scale.reach / 3
    texts = [part.text for part in parts if isinstance(part, TextPart) and not part.negative]
    by_text_alone = all(isinstance(part, TextPart) for part in parts)
    strange = by_text_alone and not any(map(is_familiar, texts))
    growth = min(GROWTH * math.log(max(sounds, FEW) / FEW), MOST_GROWTH)
    if best < min(ANSWER + STRANGE * strange + growth, third):
        return float("inf")
    return max(min(NOISE, third), SHARE * best)
