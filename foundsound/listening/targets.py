"""What is listened for: texts and example sounds, each with its own threshold."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from foundsound.audio.clip_decoder import ClipDecoder
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.errors import AudioError, FileUnavailable, InvalidRequest, OutOfBounds
from foundsound.search.clips import Clip, ClipVectors
from foundsound.search.languages import Languages
from foundsound.search.query.parts import ClipPart, Part, TextPart
from foundsound.search.strength import Scale, scale_of
from foundsound.settings import Settings

THRESHOLD = 4.0  # background deviations: clear, see search/results.py
MOST = 200
SILENCE = 10 ** (-70 / 20)  # root mean square of full scale; below, there is nothing to be heard


@dataclass(frozen=True)
class Enrolled:
    """A sound that was enrolled by examples, with the threshold that was learnt from them."""

    name: str
    vector: Floats  # float32 [dim], unit length
    scale: Scale
    on: float  # strength


@dataclass(frozen=True)
class Targets:
    """Vectors of what is listened for, float32 ``[targets, dim]``, and how to read their scores."""

    names: list[str]
    vectors: Floats
    scales: list[Scale]
    on: list[float]  # strength from which each counts

    @property
    def reach(self) -> list[float]:
        """Strength of a perfect match with each."""
        return [scale.reach for scale in self.scales]

    def strengths(self, samples: Floats, vector: Floats) -> Floats:
        """Of a window, float32 ``[targets]``; minus infinity in silence."""
        if float(np.sqrt(np.mean(np.square(samples)))) < SILENCE:
            return np.full(len(self.names), -np.inf, np.float32)
        scores = self.vectors @ vector
        return np.array(
            [scale.strength(float(s)) for scale, s in zip(self.scales, scores, strict=True)],
            np.float32,
        )


def targets_of(
    embedder: Embedder,
    calibration: Calibration,
    settings: Settings,
    texts: Sequence[str],
    clips: Sequence[Clip],
    threshold: float | None,
    enrolled: Sequence[Enrolled] = (),
) -> Targets:
    """Make texts, clips and enrolled sounds ready to be listened for.

    Args:
        threshold: strength from which one counts; None: 4, or half of a perfect match's if less.

    Raises:
        InvalidRequest: nothing, too much, or something twice is listened for; or a clip is none.
        ModelError: the model failed.
    """
    names = [*(" ".join(text.split()) for text in texts), *(clip.name for clip in clips)]
    _check([*names, *(each.name for each in enrolled)])
    vectors: list[Floats] = []
    parts: list[Part] = []
    languages = Languages(settings)
    for text in names[: len(texts)]:
        known = languages.english(text)
        vectors.append(embedder.embed_text([known.english if known else text])[0])
        parts.append(TextPart(text=text))
    with closing(ClipDecoder(settings)) as decoder:
        of_clips = ClipVectors(settings, decoder)
        for clip in clips:
            try:
                vectors.append(of_clips.embed(embedder, clip.path, ClipPart()))
            except (AudioError, FileUnavailable, OutOfBounds) as error:
                raise InvalidRequest(f"{clip.name}: {error}") from error
            parts.append(ClipPart())
    one = np.ones(1, np.float32)
    scales = [
        scale_of(calibration, [part], vector[None], one)
        for part, vector in zip(parts, vectors, strict=True)
    ]
    return Targets(
        [*names, *(each.name for each in enrolled)],
        np.stack([*vectors, *(each.vector for each in enrolled)]),
        [*scales, *(each.scale for each in enrolled)],
        [*(_on(each, threshold) for each in scales), *(each.on for each in enrolled)],
    )


def _check(names: Sequence[str]) -> None:
    if not names:
        raise InvalidRequest("Say what to listen for: --for TEXT, --like FILE, or --sound NAME.")
    if len(names) > MOST:
        raise InvalidRequest(f"There are {len(names)} sounds to listen for; the most is {MOST}.")
    for at, name in enumerate(names):
        if not name:
            raise InvalidRequest("A text to listen for is empty.")
        if name.casefold() in (each.casefold() for each in names[:at]):
            raise InvalidRequest(f"'{name}' is listened for twice.")


def _on(scale: Scale, threshold: float | None) -> float:
    if threshold is None:
        return min(THRESHOLD, scale.reach / 2)
    if not 0 < threshold <= scale.reach:
        raise InvalidRequest(
            f"No sound can reach the threshold {threshold:g} with this model, or all do: a perfect "
            f"match has {scale.reach:.1f}."
        )
    return threshold
