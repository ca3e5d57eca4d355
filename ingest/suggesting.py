"""Suggestions come with the sounds: from the vectors that are in hand when they are stored."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from foundsound.calibrate import calibrate
from foundsound.hearing.suggest import KnownVocabulary, suggest_for, vocabulary_at_hand
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.vectors.index import WindowPoint


class Suggesting:
    """Suggests within an index run what costs it next to nothing; upkeep does the rest.

    That is every sound of a model whose vocabulary is embedded already, and whose background is
    measured, if the library is known by it: suggestions are those of one model.
    """

    def __init__(self, library: Library, space: OpenSpace) -> None:
        self._library = library
        self._space = space

    @cached_property
    def _known(self) -> KnownVocabulary | None:
        known = vocabulary_at_hand(self._library, self._space)
        if known is not None:
            calibrate(self._library, self._space)  # known, too: searches and alerts may use it
        return known

    def suggest(self, stored: Mapping[str, Sequence[WindowPoint]]) -> None:
        """Suggest for sounds that have just been stored, by their windows."""
        heard = {
            sound_id: np.stack([point.vector for point in points])
            for sound_id, points in stored.items()
            if points
        }
        if heard and self._space is self._library.space and self._known is not None:
            suggest_for(self._library, self._space, self._known, heard)
