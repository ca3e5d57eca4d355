"""What it takes to be an answer."""

from dataclasses import dataclass

from foundsound.search.strength import Scale


@dataclass(frozen=True)
class Threshold:
    """From where on a sound answers a query, by what is heard or by what is said.

    Args:
        scale: reads cosines; None: nothing can be said of them, so all are enough.
        least: strength, in background deviations.
        enough: how much of the query a sound's words must match, more than this.
        listens: False: only words count.
    """

    scale: Scale | None
    least: float
    enough: float
    listens: bool = True

    def heard(self, cosine: float) -> bool:
        """True when a sound with this cosine answers."""
        return self.listens and (self.scale is None or self.scale.strength(cosine) >= self.least)

    def said(self, matched: float) -> bool:
        """True when a sound whose words match so much of the query answers."""
        return matched > self.enough


EVERYTHING = Threshold(None, float("-inf"), -1.0)  # where all that may be found is an answer
