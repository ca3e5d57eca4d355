"""Collections: named, ordered choices of sounds, by content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location
from foundsound.catalog.names import name_key, tidy_collection
from foundsound.catalog.user_models import Collection, CollectionItem
from foundsound.errors import InvalidRequest, NotFound

MOST_ITEMS = 20_000
BATCH = 1000  # rows in one statement


@dataclass(frozen=True)
class CollectionCount:
    """A collection, and how many sounds it holds."""

    id: int
    name: str
    added_at: datetime
    sounds: int  # those at hand


def collection_counts(session: Session) -> list[CollectionCount]:
    """Every collection, in alphabetical order."""
    at_hand = (
        select(Location.id)
        .where(Location.sound_id == CollectionItem.sound_id, Location.missing_since.is_(None))
        .exists()
    )
    counts = (
        select(CollectionItem.collection_id, func.count().label("sounds"))
        .where(at_hand)
        .group_by(CollectionItem.collection_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Collection.id,
            Collection.name,
            Collection.added_at,
            func.coalesce(counts.c.sounds, 0),
        )
        .outerjoin(counts, counts.c.collection_id == Collection.id)
        .order_by(Collection.key)
    )
    return [CollectionCount(*row) for row in rows]


def collection_by_id(session: Session, collection_id: int) -> Collection:
    """A collection.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Collection, collection_id)
    if found is None:
        raise NotFound(f"There is no collection {collection_id}.")
    return found


def collection_named(session: Session, name: str) -> Collection:
    """A collection by its name, in any case.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Collection).where(Collection.key == name_key(name)))
    if found is None:
        raise NotFound(f"There is no collection '{name}'.")
    return found


def create_collection(session: Session, name: str) -> Collection:
    """A new, empty collection. The caller writes alone.

    Raises:
        InvalidRequest: the name is none, or taken.
    """
    made = Collection(key=_free_key(session, name, None), name=tidy_collection(name))
    session.add(made)
    session.flush()
    return made


def rename_collection(session: Session, collection: Collection, name: str) -> None:
    """Give a collection another name. The caller writes alone.

    Raises:
        InvalidRequest: the name is none, or taken.
    """
    collection.key = _free_key(session, name, collection.id)
    collection.name = tidy_collection(name)
    session.flush()


def delete_collection(session: Session, collection: Collection) -> None:
    """Forget a collection; its sounds stay as they are."""
    owned = CollectionItem.collection_id == collection.id
    session.execute(delete(CollectionItem).where(owned))
    session.delete(collection)
    session.flush()


def items_of(session: Session, collection: Collection) -> list[str]:
    """The ids of its sounds in their order, those that are not at hand included."""
    query = (
        select(CollectionItem.sound_id)
        .where(CollectionItem.collection_id == collection.id)
        .order_by(CollectionItem.position, CollectionItem.sound_id)
    )
    return list(session.scalars(query))


def place_items(
    session: Session, collection: Collection, sound_ids: Sequence[str], at: int | None = None
) -> None:
    """Put sounds into a collection, in this order; those that it holds already move.

    Args:
        at: before which of the other sounds, from 0 on; None = behind them all.

    Raises:
        InvalidRequest: it would hold too many.
    """
    placed = list(dict.fromkeys(sound_ids))
    chosen = set(placed)
    others = [sound_id for sound_id in items_of(session, collection) if sound_id not in chosen]
    place = len(others) if at is None else min(at, len(others))
    set_items(session, collection, [*others[:place], *placed, *others[place:]])


def set_items(session: Session, collection: Collection, sound_ids: Sequence[str]) -> None:
    """Make a collection hold these sounds and no others, in this order.

    Raises:
        InvalidRequest: they are too many.
    """
    wanted = {sound_id: position for position, sound_id in enumerate(dict.fromkeys(sound_ids))}
    if len(wanted) > MOST_ITEMS:
        raise InvalidRequest(f"A collection holds {MOST_ITEMS:,} sounds at most.")
    owned = CollectionItem.collection_id == collection.id
    places = select(CollectionItem.sound_id, CollectionItem.position).where(owned)
    held: dict[str, int] = dict(session.execute(places).all())
    remove_items(session, collection, [each for each in held if each not in wanted])
    new, moved = [], []
    for sound_id, position in wanted.items():
        row = {"collection_id": collection.id, "sound_id": sound_id, "position": position}
        if sound_id not in held:
            new.append(row)
        elif held[sound_id] != position:
            moved.append(row)
    for start in range(0, len(new), BATCH):
        session.execute(insert(CollectionItem), new[start : start + BATCH])
    for start in range(0, len(moved), BATCH):
        session.execute(update(CollectionItem), moved[start : start + BATCH])


def remove_items(session: Session, collection: Collection, sound_ids: Sequence[str]) -> None:
    """Take sounds out of a collection; others are no error."""
    for start in range(0, len(sound_ids), BATCH):
        session.execute(
            delete(CollectionItem).where(
                CollectionItem.collection_id == collection.id,
                CollectionItem.sound_id.in_(sound_ids[start : start + BATCH]),
            )
        )


def _free_key(session: Session, name: str, owner: int | None) -> str:
    key = name_key(tidy_collection(name))
    taken = session.scalar(select(Collection.id).where(Collection.key == key))
    if taken not in (None, owner):
        raise InvalidRequest(f"There is a collection '{tidy_collection(name)}' already.")
    return key
