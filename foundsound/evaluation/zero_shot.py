"""Which class sounds choose: by class, and one class taken for another."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, Field

from foundsound.embedding.embedder import Floats
from foundsound.errors import InvalidRequest
from foundsound.evaluation.vectors import VectorTable, leading

MOST_CLASSES = 1000  # of which a table of each against each is kept


class ClassOutcome(BaseModel):
    """One class: how many of its sounds choose it, and what the others choose."""

    label: str
    sounds: int
    right: int
    chosen: int = Field(description="Sounds of any class that choose it.")
    taken_for: str | None = Field(description="What its sounds choose oftenest in its place.")
    taken: int = Field(description="How many of them do.")

    @property
    def recall(self) -> float:
        """The share of its sounds that choose it."""
        return self.right / self.sounds

    @property
    def precision(self) -> float | None:
        """The share of those that choose it that are right; None when none does."""
        return self.right / self.chosen if self.chosen else None


class ZeroShotOutcome(BaseModel):
    """Every class, and how often a sound of one (row) chooses another (column)."""

    classes: list[ClassOutcome]
    confusion: list[list[int]] = Field(description="Rows and columns in the order of classes.")


def check_classes(count: int) -> None:
    """Refuse more classes than a table shows.

    Raises:
        InvalidRequest: there are more than ``MOST_CLASSES``.
    """
    if count > MOST_CLASSES:
        raise InvalidRequest(
            f"There are {count:,} different queries; --zero-shot compares at most "
            f"{MOST_CLASSES:,} classes with each other."
        )


def zero_shot_outcome(
    labels: Sequence[str], own: Sequence[frozenset[int]], table: VectorTable, texts: Floats
) -> ZeroShotOutcome:
    """Let every sound choose.

    Args:
        labels: of the classes.
        own: of each sound the classes that it belongs to; none leaves it out. A sound that
            chooses any of its own is right with it; a wrong one counts in its first.
        texts: of the classes, float32 ``[classes, dim]``.
    """
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    chosen = np.concatenate([leading(block, 1) for block in table.scores_by_sound(texts)])
    for classes, (choice,) in zip(own, chosen.tolist(), strict=True):
        if classes:
            confusion[choice if choice in classes else min(classes), choice] += 1
    outcomes = []
    for at, label in enumerate(labels):
        others = confusion[at].copy()
        others[at] = 0
        worst = int(others.argmax())
        outcomes.append(
            ClassOutcome(
                label=label,
                sounds=int(confusion[at].sum()),
                right=int(confusion[at, at]),
                chosen=int(confusion[:, at].sum()),
                taken_for=labels[worst] if others[worst] else None,
                taken=int(others[worst]),
            )
        )
    return ZeroShotOutcome(classes=outcomes, confusion=confusion.tolist())
