"""Label sets as the catalogue keeps them, and the cached vectors of their texts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundsound.catalog.hearing_models import LabelSetVectors, StoredLabelSet
from foundsound.catalog.names import name_key, tidy_label_set
from foundsound.catalog.upsert import upsert
from foundsound.errors import NotFound


def all_label_sets(session: Session) -> list[StoredLabelSet]:
    """Every set, in alphabetical order."""
    return list(session.scalars(select(StoredLabelSet).order_by(StoredLabelSet.key)))


def label_set_named(session: Session, name: str) -> StoredLabelSet:
    """The set of this name, in whatever case.

    Raises:
        NotFound: there is none.
    """
    key = name_key(name)
    found = session.scalar(select(StoredLabelSet).where(StoredLabelSet.key == key))
    if found is None:
        raise NotFound(f"There is no label set '{name}'.")
    return found


def save_label_set(
    session: Session, name: str, labels: list[dict[str, Any]], templates: Sequence[str]
) -> StoredLabelSet:
    """Make a set, or let one of the same name hold these labels. The caller writes alone.

    Raises:
        InvalidRequest: the name is none.
    """
    tidy = tidy_label_set(name)
    key = name_key(tidy)
    found = session.scalar(select(StoredLabelSet).where(StoredLabelSet.key == key))
    if found is None:
        found = StoredLabelSet(key=key, name=tidy, labels=labels, templates=list(templates))
        session.add(found)
    else:
        found.labels, found.templates = labels, list(templates)
        session.execute(delete(LabelSetVectors).where(LabelSetVectors.set_id == found.id))
    session.flush()
    return found


def delete_label_set(session: Session, name: str) -> None:
    """Forget a set.

    Raises:
        NotFound: there is none of this name.
    """
    found = label_set_named(session, name)
    session.execute(delete(StoredLabelSet).where(StoredLabelSet.id == found.id))


def set_vectors(session: Session, set_id: int, space_id: int) -> bytes | None:
    """The cached vectors of its texts in a space."""
    row = session.get(LabelSetVectors, (set_id, space_id))
    return None if row is None else row.vectors


def keep_set_vectors(session: Session, set_id: int, space_id: int, vectors: bytes) -> None:
    """Cache them."""
    upsert(session, LabelSetVectors, set_id=set_id, space_id=space_id, vectors=vectors)
