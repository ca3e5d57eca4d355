"""The Debian packages whose sounds the head may learn from, pinned to exact versions.

Every other Debian package is kept for evaluation and must not be added here.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

PACKAGES_CSV = Path(__file__).with_name("packages.csv")

# Never trained on while figures are taken. Chosen once, before any figure was seen, for variety:
# game effects of several styles, a drum machine, a desktop theme, vehicles, children's games.
HELD_OUT = frozenset(
    {
        "deepin-sound-theme",
        "flare-game",
        "gamine-data",
        "hydrogen-data",
        "lincity-ng-data",
        "lugaru-data",
        "moon-lander-data",
        "pinball-data",
        "sound-icons",
        "supertuxkart-data",
        "unknown-horizons",
        "warmux-data",
        "widelands-data",
    }
)


@dataclass(frozen=True)
class Package:
    """A Debian binary package at one version."""

    name: str
    version: str

    @property
    def held_out(self) -> bool:
        """Whether the package is for validation only."""
        return self.name in HELD_OUT


def packages() -> list[Package]:
    """The packages of ``packages.csv``, in its order."""
    with PACKAGES_CSV.open(newline="", encoding="utf-8") as file:
        return [Package(row["package"], row["version"]) for row in csv.DictReader(file)]
