"""One vector for a whole query: each part embedded, normalised, weighted, summed.

Texts beside sounds count more than their weight, by as much as the scores of sounds against sounds
vary more than those of texts against sounds: else "like this, but with a bicycle bell" hears little
of the bell. What is near that sum is put in order by its parts, see ``resemblance.py``.

Unwanted parts are subtracted at half their weight. At full weight the difference of two related
texts points nowhere: with ``starter`` on the demo library, "telephone" without "ringing" (cosine
0.50) ranked a vacuum cleaner first. Half of it turns the query away from the unwanted and still
towards the wanted; what is left of the unwanted is demoted, see ``demotion.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foundsound.calibrate import known_calibration
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.sound_vector import sound_vector
from foundsound.errors import InvalidRequest, NotFound
from foundsound.hearing.enrolled import EnrolledSounds
from foundsound.hearing.text_vectors import TextVectors
from foundsound.hearing.windows import WindowSource, named_clip
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.search.clips import Clip
from foundsound.search.query.parts import ClipPart, EnrolledPart, ItemPart, Part, TextPart
from foundsound.search.results import Reason

SUBTRACTED = 0.5  # of an unwanted part's weight
NOTHING = 1e-4  # a shorter sum is rounding


@dataclass(frozen=True)
class Composed:
    """A query's parts and their sum."""

    parts: tuple[Part, ...]
    vectors: Floats  # float32 [parts, dim], unit length
    shares: Floats  # float32 [parts]: shares @ vectors is the query, unit length
    vector: Floats  # float32 [dim]: the query
    wanted: Floats  # float32 [dim]: the sum of the wanted parts alone, unit length

    @property
    def mixed(self) -> bool:
        """True for texts beside sounds."""
        return len({isinstance(part, TextPart) for part in self.parts}) > 1

    @cached_property
    def shown(self) -> bool:
        """True when something wanted is a sound."""
        return any(not isinstance(part, TextPart) and not part.negative for part in self.parts)

    def reasons(self, score: float, window: Floats | None) -> list[Reason]:
        """What each part gave to a window's score; the contributions sum up to it.

        Args:
            window: the window's vector; not needed when there is one part.
        """
        if window is None:
            return [Reason(part=0, cosine=score, contribution=score)]
        cosines = self.vectors @ window
        return [
            Reason(part=at, cosine=cosine, contribution=share * cosine)
            for at, (cosine, share) in enumerate(
                zip(cosines.tolist(), self.shares.tolist(), strict=True)
            )
        ]


class Composer:
    """Makes vectors of queries. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._catalog = library.catalog
        self._texts = TextVectors()
        self._heard = WindowSource(library)
        self._enrolled = EnrolledSounds(library)

    def compose(self, space: OpenSpace, parts: Sequence[Part], clips: Sequence[Clip]) -> Composed:
        """Embed the parts and sum them up.

        Raises:
            InvalidRequest: a part cannot be had, or they cancel each other out.
            ModelError, LibraryError: the model or the library failed.
        """
        texts = [part.text for part in parts if isinstance(part, TextPart)]
        embedded = iter(self._texts.embed(space, texts)) if texts else iter(())
        vectors = np.stack(
            [
                next(embedded) if isinstance(part, TextPart) else self._of_audio(space, part, clips)
                for part in parts
            ]
        )
        weights = _weights(parts, known_calibration(self._catalog, space))
        total = weights @ vectors
        length = float(np.linalg.norm(total))
        if length < NOTHING:
            raise InvalidRequest("The parts of the query cancel each other out; nothing is left.")
        wanted = unit_length(np.maximum(weights, 0.0) @ vectors)
        shares = np.asarray(weights / length, np.float32)
        return Composed(tuple(parts), vectors, shares, unit_length(total), wanted)

    def _of_audio(
        self, space: OpenSpace, part: ItemPart | ClipPart | EnrolledPart, clips: Sequence[Clip]
    ) -> Floats:
        if isinstance(part, EnrolledPart):
            try:
                ((_, known),) = self._enrolled.known(space, [part.name])
            except NotFound as error:
                raise InvalidRequest(str(error)) from error
            return known.vector
        windows = self._heard.windows(space, part, clips)
        if windows.silent:
            raise InvalidRequest(f"{_name(part, clips)} is silent, and so like nothing.")
        return sound_vector(windows.vectors)


def _name(part: ItemPart | ClipPart, clips: Sequence[Clip]) -> str:
    if isinstance(part, ItemPart):
        return f"The stretch of the sound {part.sound_id}"
    name = named_clip(part, clips).name
    return name if part.whole else f"The stretch of {name}"


def _weights(parts: Sequence[Part], calibration: Calibration | None) -> Floats:
    """What each part's vector counts, below 0 for an unwanted one, float32 ``[parts]``."""
    mixed = len({isinstance(part, TextPart) for part in parts}) > 1
    of_text = 1.0
    if mixed and calibration is not None:
        of_text = calibration.audio.deviation / calibration.text.deviation
    return np.array(
        [
            part.weight
            * (of_text if isinstance(part, TextPart) else 1.0)
            * (-SUBTRACTED if part.negative else 1.0)
            for part in parts
        ],
        np.float32,
    )
