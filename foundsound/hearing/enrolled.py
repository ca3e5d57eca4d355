"""Enrolled sounds of a library: named by examples, and known in whatever space it uses.

An example is kept as a reference to the library's sound, by content, or as audio; its vector is
made again in a new space when it is first needed there. Examples that cannot be had then (their
drive is off) are left out, and the report says how many were used.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from foundsound.calibrate import known_calibration, measured_calibration
from foundsound.catalog.enrolled import (
    all_enrolled,
    create_enrolled,
    delete_enrolled,
    enrolled_named,
    example_vectors,
    examples_of,
    find_enrolled,
    forget_prototypes,
    prototype_of,
    store_vectors,
)
from foundsound.catalog.hearing_models import EnrolledExample, EnrolledPrototype, EnrolledSound
from foundsound.catalog.spaces import all_spaces
from foundsound.catalog.upsert import upsert
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.embedder import Floats
from foundsound.embedding.sound_vector import sound_vector
from foundsound.errors import AudioError, FileUnavailable, InvalidRequest, OutOfBounds
from foundsound.hearing.clips import Clip
from foundsound.hearing.enrolment import MOST_BACKGROUND, Prototype, prototype
from foundsound.hearing.kept_audio import encoded, on_disk
from foundsound.hearing.stretches import Heard, Item, Upload
from foundsound.hearing.windows import WindowSource, named_clip
from foundsound.library import Library
from foundsound.open_space import OpenSpace

MOST_EXAMPLES = 20


class Example(BaseModel):
    """One example of an enrolled sound."""

    name: str = Field(examples=["elevator-2024-03.wav"])
    sound_id: str | None = Field(description="Of the library's sound; null: it came as a file.")
    start_s: float | None
    end_s: float | None


class EnrolledReport(BaseModel):
    """An enrolled sound, and how well it is known in the library's space."""

    id: int
    name: str = Field(examples=["our elevator's fault"])
    added_at: datetime
    examples: list[Example]
    examples_used: int = Field(description="Those that could be heard by this model.")
    threshold: float | None = Field(
        description="The cosine from which on a window is this sound; null while no example can "
        "be heard by this model, as when their drives are off."
    )
    false_accept: float | None = Field(
        description="Share of other windows, of the library and of reference sounds, that are "
        "taken for it, estimated by leaving examples out; null: unknown."
    )
    false_reject: float | None = Field(
        description="Share of its own kind that is missed, estimated likewise; null: unknown, as "
        "with a single example."
    )


class EnrolledSounds:
    """Enrols, lists and finds. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._source = WindowSource(library)

    def enrol(
        self, name: str, examples: Sequence[Heard], clips: Sequence[Clip], *, add: bool = False
    ) -> EnrolledReport:
        """Name a sound by examples; clips that none of them names are examples as well.

        Args:
            add: the sound may be enrolled already, and gets these examples besides.

        Raises:
            InvalidRequest: a name that is none or taken, no or too many examples, or one that
                cannot be heard; nothing is stored.
        """
        named = {each.clip for each in examples if isinstance(each, Upload)}
        wanted = [*examples, *(Upload(clip=n) for n in range(len(clips)) if n not in named)]
        if not 1 <= len(wanted) <= MOST_EXAMPLES:
            raise InvalidRequest(
                f"An enrolled sound has 1 to {MOST_EXAMPLES} examples, not {len(wanted)}."
            )
        with self._library.searching() as space:
            made = [self._example(space, each, clips) for each in wanted]
            with self._library.catalog.write(alone=True) as session:
                sound = find_enrolled(session, name) if add else None
                sound = sound or create_enrolled(session, name)
                self._store(session, space, sound, made)
                enrolled_id = sound.id
            return self._report(space, enrolled_id)

    def reports(self) -> list[EnrolledReport]:
        """Every enrolled sound, in alphabetical order."""
        with self._library.catalog.read() as session:
            ids = [sound.id for sound in all_enrolled(session)]
        with self._library.searching() as space:
            return [self._report(space, enrolled_id) for enrolled_id in ids]

    def report(self, name: str) -> EnrolledReport:
        """One of them.

        Raises:
            NotFound: there is none of this name.
        """
        with self._library.catalog.read() as session:
            enrolled_id = enrolled_named(session, name).id
        with self._library.searching() as space:
            return self._report(space, enrolled_id)

    def remove(self, name: str) -> None:
        """Forget one, with its examples.

        Raises:
            NotFound: there is none of this name.
        """
        with self._library.catalog.write(alone=True) as session:
            delete_enrolled(session, enrolled_named(session, name).id)

    def known(self, space: OpenSpace, names: Sequence[str]) -> list[tuple[str, Prototype]]:
        """The enrolled sounds of these names, each by its own spelling.

        Raises:
            InvalidRequest: none of a sound's examples can be heard by this model now.
            NotFound: there is none of a name.
        """
        with self._library.catalog.read() as session:
            found = [enrolled_named(session, name) for name in names]
            ids = [(sound.id, sound.name) for sound in found]
        return [(name, self._prototype(space, enrolled_id)) for enrolled_id, name in ids]

    def _example(
        self, space: OpenSpace, heard: Heard, clips: Sequence[Clip]
    ) -> tuple[EnrolledExample, Floats]:
        if isinstance(heard, Item):
            windows = self._source.windows(space, heard, clips)
            row = EnrolledExample(
                name=heard.sound_id,
                sound_id=heard.sound_id,
                start_s=heard.start_s,
                end_s=heard.end_s,
            )
            return row, sound_vector(windows.vectors)
        clip = named_clip(heard, clips)
        try:
            audio = encoded(clip, heard, self._library.settings, self._library.clips)
        except (AudioError, FileUnavailable, OutOfBounds, InvalidRequest) as error:
            raise InvalidRequest(f"{clip.name}: {error}") from error
        row = EnrolledExample(
            name=_readable(clip.name), start_s=heard.start_s, end_s=heard.end_s, audio=audio
        )
        return row, self._of_audio(space, audio, clip.name)

    def _of_audio(self, space: OpenSpace, audio: bytes, name: str) -> Floats:
        with on_disk(audio, name) as clip:
            return sound_vector(self._source.windows(space, Upload(), [clip]).vectors)

    def _store(
        self,
        session: Session,
        space: OpenSpace,
        sound: EnrolledSound,
        made: Sequence[tuple[EnrolledExample, Floats]],
    ) -> None:
        there = len(examples_of(session, sound.id))
        if there + len(made) > MOST_EXAMPLES:
            raise InvalidRequest(
                f"'{sound.name}' has {there} examples; with {len(made)} more it would have more "
                f"than {MOST_EXAMPLES}."
            )
        for at, (row, _) in enumerate(made):
            row.enrolled_id, row.position = sound.id, there + at
            session.add(row)
        session.flush()
        store_vectors(session, space.id, {row.id: _bytes(vector) for row, vector in made})
        forget_prototypes(session, sound.id)

    def _report(self, space: OpenSpace, enrolled_id: int) -> EnrolledReport:
        known: Prototype | None
        try:
            known = self._prototype(space, enrolled_id)
        except InvalidRequest:  # it has to be listed all the same
            known = None
        with self._library.catalog.read() as session:
            sound = session.get_one(EnrolledSound, enrolled_id)
            rows = examples_of(session, enrolled_id)
            return EnrolledReport(
                id=sound.id,
                name=sound.name,
                added_at=sound.added_at,
                examples=[
                    Example(name=r.name, sound_id=r.sound_id, start_s=r.start_s, end_s=r.end_s)
                    for r in rows
                ],
                examples_used=known.examples if known else 0,
                threshold=known.threshold if known else None,
                false_accept=known.false_accept if known else None,
                false_reject=known.false_reject if known else None,
            )

    def _prototype(self, space: OpenSpace, enrolled_id: int) -> Prototype:
        with self._library.catalog.read() as session:
            row = prototype_of(session, enrolled_id, space.id)
            if row is not None:
                return _read(row)
            examples = examples_of(session, enrolled_id)
            stored = example_vectors(session, [each.id for each in examples], space.id)
            session.expunge_all()
        vectors = {id_: np.frombuffer(raw, "<f2").astype(np.float32) for id_, raw in stored.items()}
        for each in examples:
            if each.id not in vectors and (vector := self._again(space, each)) is not None:
                vectors[each.id] = vector
        if not vectors:
            raise InvalidRequest(
                "No example of this enrolled sound can be heard now; are its sounds' drives online?"
            )
        own = [space.vectors.vectors_of(each.sound_id) for each in examples if each.sound_id]
        learnt = prototype(
            np.stack([vectors[id_] for id_ in sorted(vectors)]),
            self._background(space),
            np.concatenate([np.zeros((0, space.embedder.dim), np.float32), *own]),
        )
        with self._library.catalog.write(alone=True) as session:
            kept = {each.id for each in examples_of(session, enrolled_id)}
            known_spaces = {each.id for each in all_spaces(session)}
            if kept == {each.id for each in examples} and space.id in known_spaces:
                # Neither was removed or changed meanwhile.
                new = {id_: _bytes(v) for id_, v in vectors.items() if id_ in kept - stored.keys()}
                store_vectors(session, space.id, new)
                _write(session, enrolled_id, space.id, learnt)
        return learnt

    def _again(self, space: OpenSpace, example: EnrolledExample) -> Floats | None:
        """An example's vector in another space; None when it cannot be had now."""
        if example.audio is not None:
            return self._of_audio(space, example.audio, example.name)
        item = Item(sound_id=example.sound_id or "", start_s=example.start_s, end_s=example.end_s)
        try:
            return sound_vector(self._source.of_item(space, item).vectors)
        except InvalidRequest:
            return None

    def _background(self, space: OpenSpace) -> Floats:
        references = self._calibration(space).references
        return np.concatenate([space.vectors.sample(MOST_BACKGROUND), references])

    def _calibration(self, space: OpenSpace) -> Calibration:
        known = known_calibration(self._library.catalog, space)
        return known or measured_calibration(space.embedder, self._library.settings)


def _readable(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)  # PostgreSQL's text has no NUL


def _bytes(vector: Floats) -> bytes:
    return vector.astype("<f2").tobytes()


def _read(row: EnrolledPrototype) -> Prototype:
    return Prototype(
        vector=np.frombuffer(row.vector, "<f2").astype(np.float32),
        examples=row.examples,
        threshold=row.threshold,
        background_mean=row.background_mean,
        background_deviation=row.background_deviation,
        false_accept=row.false_accept,
        false_reject=row.false_reject,
    )


def _write(session: Session, enrolled_id: int, space_id: int, known: Prototype) -> None:
    upsert(
        session,
        EnrolledPrototype,
        enrolled_id=enrolled_id,
        space_id=space_id,
        vector=_bytes(known.vector),
        examples=known.examples,
        threshold=known.threshold,
        background_mean=known.background_mean,
        background_deviation=known.background_deviation,
        false_accept=known.false_accept,
        false_reject=known.false_reject,
    )
