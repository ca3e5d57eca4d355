"""Saved label sets: their texts are embedded once a space."""

from datetime import datetime

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from foundsound.catalog.hearing_models import StoredLabelSet
from foundsound.catalog.label_sets import (
    all_label_sets,
    delete_label_set,
    keep_set_vectors,
    label_set_named,
    save_label_set,
    set_vectors,
)
from foundsound.embedding.embedder import Floats
from foundsound.errors import InvalidRequest
from foundsound.hearing.label_vectors import texts_of
from foundsound.hearing.labels import AnyLabel, Label, check_templates, tidy_labels
from foundsound.library import Library
from foundsound.open_space import OpenSpace


class LabelSet(BaseModel):
    """What a set holds."""

    model_config = ConfigDict(extra="forbid")

    labels: list[AnyLabel] = Field(examples=[["dog barking", "car horn", "fire alarm"]])
    templates: list[str] = Field(
        default=[], description="Words around each label.", examples=[["the sound of {}"]]
    )


class LabelSetReport(LabelSet):
    """A saved set."""

    name: str = Field(examples=["street"])
    added_at: datetime


class LabelSets:
    """The label sets of a library. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def save(self, name: str, wanted: LabelSet) -> LabelSetReport:
        """Keep labels under a name; a set of that name holds them from now on.

        Raises:
            InvalidRequest: no labels, or labels, templates or a name that are none.
        """
        labels = tidy_labels(wanted.labels)
        check_templates(wanted.templates)
        if not labels:
            raise InvalidRequest("A label set needs labels, such as 'dog barking, car horn'.")
        with self._library.catalog.write(alone=True) as session:
            rows = [label.model_dump() for label in labels]
            return _report(save_label_set(session, name, rows, wanted.templates))

    def all(self) -> list[LabelSetReport]:
        """Every set, in alphabetical order."""
        with self._library.catalog.read() as session:
            return [_report(row) for row in all_label_sets(session)]

    def named(self, name: str) -> LabelSetReport:
        """One set.

        Raises:
            NotFound: there is none of this name.
        """
        with self._library.catalog.read() as session:
            return _report(label_set_named(session, name))

    def delete(self, name: str) -> None:
        """Forget a set.

        Raises:
            NotFound: there is none of this name.
        """
        with self._library.catalog.write(alone=True) as session:
            delete_label_set(session, name)

    def vectors(self, space: OpenSpace, name: str) -> tuple[list[Label], list[str], Floats]:
        """A set's labels, templates, and the vectors of their texts, float32 ``[texts, dim]``.

        Raises:
            NotFound: there is none of this name.
            ModelError: the model failed.
        """
        with self._library.catalog.read() as session:
            row = label_set_named(session, name)
            report, set_id = _report(row), row.id
            kept = set_vectors(session, set_id, space.id)
        texts = texts_of(report.labels, report.templates)
        if kept is None:
            vectors = space.embedder.embed_text(texts)
            with self._library.catalog.write(alone=True) as session:
                now = session.get(StoredLabelSet, set_id)
                if now is not None and _report(now) == report:  # it may have changed meanwhile
                    keep_set_vectors(session, set_id, space.id, vectors.astype("<f2").tobytes())
        else:
            vectors = np.frombuffer(kept, "<f2").reshape(len(texts), -1).astype(np.float32)
        return report.labels, report.templates, vectors


def _report(row: StoredLabelSet) -> LabelSetReport:
    return LabelSetReport(
        name=row.name,
        added_at=row.added_at,
        labels=[Label.model_validate(label) for label in row.labels],
        templates=row.templates,
    )
