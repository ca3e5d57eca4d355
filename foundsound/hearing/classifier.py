"""Zero-shot classification: which of these labels is it?"""

import threading
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from foundsound.calibrate import known_calibration, measured_calibration
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.errors import InvalidRequest
from foundsound.hearing.clips import Clip
from foundsound.hearing.enrolled import EnrolledSounds
from foundsound.hearing.label_sets import LabelSets
from foundsound.hearing.label_vectors import (
    LabelVectors,
    enrolled_labels,
    joined,
    text_labels,
    texts_of,
)
from foundsound.hearing.label_warnings import label_warnings
from foundsound.hearing.labels import (
    MOST_LABELS,
    MOST_PHRASES,
    AnyLabel,
    Label,
    check_distinct,
    check_templates,
    tidy_labels,
)
from foundsound.hearing.scoring import LabelScore, LabelScorer
from foundsound.hearing.stretches import Heard, Item, Upload
from foundsound.hearing.text_vectors import TextVectors
from foundsound.hearing.windows import WindowSource
from foundsound.library import Library
from foundsound.open_space import OpenSpace

MOST_SOUNDS = 100  # in one request
NO_LABELS = "Give labels to choose between, such as 'dog barking, car horn, fire alarm'."


class Choice(BaseModel):
    """The labels of a request."""

    model_config = ConfigDict(extra="forbid")

    labels: list[AnyLabel] = Field(
        default=[],
        description="To choose between; a text, or a name with synonyms.",
        examples=[["dog barking", {"name": "car horn", "synonyms": ["honking"]}]],
    )
    label_set: str | None = Field(
        default=None, description="The name of a saved set, whose labels come besides."
    )
    sounds: list[str] = Field(
        default=[], description="Names of enrolled sounds that are labels as well."
    )
    templates: list[str] = Field(
        default=[],
        description="Words around each label; several are averaged. Null: the label alone, or "
        "the saved set's own.",
        examples=[["the sound of {}"]],
    )
    none_of_these: bool = Field(
        default=False, description="None of the labels is a choice as well, by calibration."
    )


class ClassifyRequest(Choice):
    """Sounds, and the labels to choose between."""

    of: list[Heard] = Field(
        default=[],
        description="Sounds of the library and clips, or stretches of them; clips that none "
        "names are meant whole.",
    )


class Classified(BaseModel):
    """One sound with its scores."""

    name: str = Field(description="The clip's file name, or the sound's id.")
    sound_id: str | None
    start_s: float | None
    end_s: float | None
    scores: list[LabelScore] = Field(description="Of every label, best first.")
    error: str | None = Field(
        default=None, description="Why it could not be heard; then there are no scores."
    )


class Classification(BaseModel):
    """The scores of every sound, in the order of the request."""

    model: str
    logit_scale: float = Field(description="By what cosines were multiplied before the softmax.")
    labels: list[str]
    warnings: list[str] = Field(description="What makes the labels hard to choose between.")
    results: list[Classified]


class Classifier:
    """Classifies over an open library. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._source = WindowSource(library)
        self.enrolled = EnrolledSounds(library)
        self.sets = LabelSets(library)
        self._texts = TextVectors()
        self._measuring = threading.Lock()

    def classify(self, request: ClassifyRequest, clips: Sequence[Clip] = ()) -> Classification:
        """Score sounds with labels.

        Of several sounds, one that cannot be heard has an error of its own.

        Raises:
            InvalidRequest: labels that cannot be told apart as asked, nothing to hear, or nothing
                that can be heard.
            NotFound: a label set or an enrolled sound is not there.
            ModelError, LibraryError: the model or the library failed.
        """
        heard = _named(request, len(clips))
        with self._library.searching() as space:
            labels, scorer = self.scorer(space, request)
            results = [self._classified(space, scorer, each, clips) for each in heard]
            found = Classification(
                model=space.embedder.name,
                logit_scale=space.embedder.logit_scale,
                labels=list(labels.names),
                warnings=label_warnings(labels),
                results=results,
            )
        if all(each.error for each in results):
            raise InvalidRequest(str(results[0].error))
        return found

    def scorer(self, space: OpenSpace, choice: Choice) -> tuple[LabelVectors, LabelScorer]:
        """What scores windows of the space with these labels.

        Raises:
            As :meth:`classify`.
        """
        calibration = self.calibration(space)
        parts = self._texts_of(space, choice, calibration)
        if choice.sounds:
            parts.append(enrolled_labels(self.enrolled.known(space, choice.sounds)))
        if not parts:
            raise InvalidRequest(NO_LABELS)
        labels = joined(parts)
        if len(labels.names) > MOST_LABELS:
            raise InvalidRequest(
                f"There are {len(labels.names)} labels; the most is {MOST_LABELS}."
            )
        check_distinct(labels.names)
        return labels, LabelScorer(
            labels,
            space.embedder.logit_scale,
            calibration,
            none_of_these=choice.none_of_these,
        )

    def calibration(self, space: OpenSpace) -> Calibration:
        """The space's, measured now if need be."""
        known = known_calibration(self._library.catalog, space)
        if known is None:
            with self._measuring:
                known = measured_calibration(space.embedder, self._library.settings)
        return known

    def _texts_of(
        self, space: OpenSpace, choice: Choice, calibration: Calibration
    ) -> list[LabelVectors]:
        check_templates(choice.templates)
        parts = []
        own = tidy_labels(choice.labels)
        if own:
            vectors = self._embed(space, own, choice.templates)
            parts.append(text_labels(own, vectors, calibration))
        if choice.label_set is not None:
            labels, templates, vectors = self.sets.vectors(space, choice.label_set)
            if choice.templates and choice.templates != templates:
                vectors = self._embed(space, labels, choice.templates)
            parts.append(text_labels(labels, vectors, calibration))
        return parts

    def _embed(self, space: OpenSpace, labels: Sequence[Label], templates: Sequence[str]) -> Floats:
        texts = texts_of(labels, templates)
        if len(texts) > MOST_PHRASES:
            raise InvalidRequest(
                f"The labels with their synonyms and templates are {len(texts):,} texts; the most "
                f"is {MOST_PHRASES:,}."
            )
        return self._texts.embed(space, texts)

    def _classified(
        self, space: OpenSpace, scorer: LabelScorer, heard: Heard, clips: Sequence[Clip]
    ) -> Classified:
        found = unheard(heard, clips)
        try:
            windows = self._source.windows(space, heard, clips)
        except InvalidRequest as error:
            found.error = str(error)
            return found
        found.scores = scorer.scores(windows.vectors, windows.spans)
        return found


def unheard(heard: Heard, clips: Sequence[Clip]) -> Classified:
    """A sound by its name, without scores yet."""
    sound_id = heard.sound_id if isinstance(heard, Item) else None
    if isinstance(heard, Item):
        name = heard.sound_id
    else:
        name = clips[heard.clip].name if heard.clip < len(clips) else f"clip {heard.clip}"
    return Classified(
        name=name, sound_id=sound_id, start_s=heard.start_s, end_s=heard.end_s, scores=[]
    )


def _named(request: ClassifyRequest, clips: int) -> list[Heard]:
    named = {each.clip for each in request.of if isinstance(each, Upload)}
    heard = [*request.of, *(Upload(clip=n) for n in range(clips) if n not in named)]
    if not heard:
        raise InvalidRequest("Say what to classify: send a file, or name sounds of the library.")
    if len(heard) > MOST_SOUNDS:
        raise InvalidRequest(f"There are {len(heard)} sounds; at most {MOST_SOUNDS} at a time.")
    return heard
