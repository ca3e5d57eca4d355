"""What counts as an answer: hits that stand out from the background and beside the best of them.

Two limits, neither of them a score. A query is answered when its best hit lies ``ANSWER``
background deviations above the mean, and ``STRANGE`` more when its words are none that are said of
sounds. Then every hit counts that has ``SHARE`` of the best one's strength, and at least ``NOISE``.
A query by sound cannot be that strong in every space, so no limit is higher than a third of a
perfect match's strength: of the demo library's 116 sounds, 108 then find something like them.

Measured with ``starter`` on the demo library: of the 138 right files that 127 descriptions find
among the first ten, 129 are kept, with words 152 of 152, and 7 hits are shown of ten; of 40 texts
that describe no sound 34 are refused, with words 31, and of 26 that describe sounds which the
library does not have, 9 and 6. ``starter-bridge`` finds something strong in nearly any text: it
refuses 12 of the 40.
"""

from collections.abc import Sequence

from foundsound.search.familiar import is_familiar
from foundsound.search.query.parts import Part, TextPart
from foundsound.search.strength import Scale

ANSWER = 2.5  # background deviations
STRANGE = 2.0
SHARE = 0.35  # of the best hit's strength
NOISE = 1.25


def least_strength(scale: Scale, parts: Sequence[Part], best: float) -> float:
    """The strength that a hit must have to count as an answer; infinite when nothing is one.

    Args:
        best: the strongest hit's strength.
    """
    third = scale.reach / 3
    texts = [part.text for part in parts if isinstance(part, TextPart) and not part.negative]
    by_text_alone = all(isinstance(part, TextPart) for part in parts)
    strange = by_text_alone and not any(map(is_familiar, texts))
    if best < min(ANSWER + STRANGE * strange, third):
        return float("inf")
    return max(min(NOISE, third), SHARE * best)
