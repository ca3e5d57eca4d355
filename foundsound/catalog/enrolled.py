"""Enrolled sounds, their examples, and what they are known by in each space."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundsound.catalog.hearing_models import (
    EnrolledExample,
    EnrolledPrototype,
    EnrolledSound,
    ExampleVector,
)
from foundsound.catalog.names import name_key, tidy_enrolled
from foundsound.catalog.upsert import upsert
from foundsound.errors import InvalidRequest, NotFound


def all_enrolled(session: Session) -> list[EnrolledSound]:
    """Every enrolled sound, in alphabetical order."""
    return list(session.scalars(select(EnrolledSound).order_by(EnrolledSound.key)))


def enrolled_by_id(session: Session, enrolled_id: int) -> EnrolledSound:
    """One of them.

    Raises:
        NotFound: there is none.
    """
    found = session.get(EnrolledSound, enrolled_id)
    if found is None:
        raise NotFound(f"There is no enrolled sound {enrolled_id}.")
    return found


def enrolled_named(session: Session, name: str) -> EnrolledSound:
    """The one of this name, in whatever case.

    Raises:
        NotFound: there is none.
    """
    found = find_enrolled(session, name)
    if found is None:
        raise NotFound(f"There is no enrolled sound '{name}'.")
    return found


def find_enrolled(session: Session, name: str) -> EnrolledSound | None:
    """The one of this name, or none."""
    key = name_key(name)
    return session.scalar(select(EnrolledSound).where(EnrolledSound.key == key))


def create_enrolled(session: Session, name: str) -> EnrolledSound:
    """Add one without examples. The caller writes alone.

    Raises:
        InvalidRequest: the name is none, or is taken.
    """
    tidy = tidy_enrolled(name)
    if find_enrolled(session, tidy) is not None:
        raise InvalidRequest(f"There is an enrolled sound '{tidy}' already.")
    made = EnrolledSound(key=name_key(tidy), name=tidy)
    session.add(made)
    session.flush()
    return made


def delete_enrolled(session: Session, enrolled_id: int) -> None:
    """Forget it with its examples."""
    session.execute(delete(EnrolledSound).where(EnrolledSound.id == enrolled_id))


def examples_of(session: Session, enrolled_id: int) -> list[EnrolledExample]:
    """Its examples, in order."""
    return list(
        session.scalars(
            select(EnrolledExample)
            .where(EnrolledExample.enrolled_id == enrolled_id)
            .order_by(EnrolledExample.position)
        )
    )


def example_vectors(
    session: Session, example_ids: Sequence[int], space_id: int
) -> dict[int, bytes]:
    """The stored vectors of those examples that have one in the space."""
    rows = session.execute(
        select(ExampleVector.example_id, ExampleVector.vector).where(
            ExampleVector.example_id.in_(example_ids), ExampleVector.space_id == space_id
        )
    )
    return {row.example_id: row.vector for row in rows}


def store_vectors(session: Session, space_id: int, vectors: dict[int, bytes]) -> None:
    """Keep the vectors of examples in a space."""
    for example_id, vector in vectors.items():
        upsert(session, ExampleVector, example_id=example_id, space_id=space_id, vector=vector)


def prototype_of(session: Session, enrolled_id: int, space_id: int) -> EnrolledPrototype | None:
    """What is known of it in the space."""
    return session.get(EnrolledPrototype, (enrolled_id, space_id))


def forget_prototypes(session: Session, enrolled_id: int) -> None:
    """Its examples have changed: it is learnt anew in every space."""
    session.execute(delete(EnrolledPrototype).where(EnrolledPrototype.enrolled_id == enrolled_id))
