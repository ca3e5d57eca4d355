"""Collections: named, ordered choices of sounds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from foundsound.catalog.collections import (
    collection_by_id,
    create_collection,
    delete_collection,
    items_of,
    place_items,
    remove_items,
    rename_collection,
    set_items,
)
from foundsound.catalog.user_models import Collection
from foundsound.collection_report import (
    CollectionDetails,
    CollectionReport,
    report_collection,
    report_collections,
)
from foundsound.user_data import SoundIds, check_sounds
from search_api.problems import responses
from search_api.state import ApiState, State, WritersOnly

router = APIRouter(prefix="/collections", tags=["user data"])
CollectionId = Annotated[int, Path(ge=1, lt=2**63)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewCollection(_Body):
    """A collection to make."""

    name: str = Field(examples=["Trailer hits"])
    ids: SoundIds = []


class CollectionEdit(_Body):
    """A collection's new name."""

    name: str = Field(examples=["Trailer hits, used"])


class Items(_Body):
    """All the sounds that a collection shall hold, in order."""

    ids: SoundIds


class PlacedItems(Items):
    """Sounds to put into a collection; those that it holds already move."""

    at: int | None = Field(
        default=None,
        ge=0,
        description="Before which of the other sounds, from 0 on; null = behind them all.",
    )


@router.get("", summary="Collections")
def collections(state: State) -> list[CollectionReport]:
    """Every collection, in alphabetical order."""
    with state.library.catalog.read() as session:
        return report_collections(session)


@router.post(
    "",
    status_code=201,
    summary="Make a collection",
    responses=responses(401, 403, 404, 422),
    dependencies=[WritersOnly],
)
def create(wanted: NewCollection, state: State) -> CollectionDetails:
    """Make a collection, with sounds if some are named."""
    with state.library.catalog.write(alone=True) as session:
        check_sounds(session, wanted.ids)
        made = create_collection(session, wanted.name)
        set_items(session, made, wanted.ids)
        return report_collection(session, made)


@router.get("/{collection_id}", summary="A collection", responses=responses(404))
def collection(collection_id: CollectionId, state: State) -> CollectionDetails:
    """What it holds, in its order."""
    with state.library.catalog.read() as session:
        return report_collection(session, collection_by_id(session, collection_id))


@router.patch(
    "/{collection_id}",
    summary="Rename a collection",
    responses=responses(401, 403, 404, 422),
    dependencies=[WritersOnly],
)
def rename(collection_id: CollectionId, edit: CollectionEdit, state: State) -> CollectionDetails:
    """Give it another name."""
    with _edited(state, collection_id) as (session, found):
        rename_collection(session, found, edit.name)
        return report_collection(session, found)


@router.delete(
    "/{collection_id}",
    status_code=204,
    summary="Delete a collection",
    responses=responses(401, 403, 404),
    dependencies=[WritersOnly],
)
def delete(collection_id: CollectionId, state: State) -> None:
    """Forget it; its sounds stay as they are."""
    with _edited(state, collection_id) as (session, found):
        delete_collection(session, found)


@router.post(
    "/{collection_id}/items",
    summary="Add or move sounds",
    responses=responses(401, 403, 404, 422),
    dependencies=[WritersOnly],
)
def place(collection_id: CollectionId, placed: PlacedItems, state: State) -> CollectionDetails:
    """Put sounds into a collection, in the order in which they are named."""
    with _edited(state, collection_id) as (session, found):
        check_sounds(session, placed.ids)
        place_items(session, found, placed.ids, placed.at)
        return report_collection(session, found)


@router.put(
    "/{collection_id}/items",
    summary="Set a collection's sounds",
    responses=responses(401, 403, 404, 422),
    dependencies=[WritersOnly],
)
def replace(collection_id: CollectionId, items: Items, state: State) -> CollectionDetails:
    """Make it hold these sounds and no others, in this order."""
    with _edited(state, collection_id) as (session, found):
        held = set(items_of(session, found))
        check_sounds(session, [each for each in items.ids if each not in held])
        set_items(session, found, items.ids)
        return report_collection(session, found)


@router.delete(
    "/{collection_id}/items",
    summary="Take sounds out",
    responses=responses(401, 403, 404, 422),
    dependencies=[WritersOnly],
)
def remove(
    collection_id: CollectionId,
    sound_id: Annotated[list[str], Query(max_length=200, description="May be repeated.")],
    state: State,
) -> CollectionDetails:
    """Take sounds out of a collection; those that it does not hold are no error."""
    with _edited(state, collection_id) as (session, found):
        remove_items(session, found, sound_id)
        return report_collection(session, found)


@contextmanager
def _edited(state: ApiState, collection_id: int) -> Iterator[tuple[Session, Collection]]:
    with state.library.catalog.write(alone=True) as session:
        yield session, collection_by_id(session, collection_id)
