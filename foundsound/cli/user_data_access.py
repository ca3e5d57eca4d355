"""What people say of sounds, read and changed: in a library opened here, or over HTTP."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy.orm import Session

from foundsound.catalog import collections
from foundsound.catalog.names import name_key
from foundsound.catalog.user_models import Collection
from foundsound.cli.access import open_or_connect
from foundsound.cli.remote import RemoteLibrary
from foundsound.collection_report import (
    CollectionDetails,
    CollectionReport,
    report_collection,
    report_collections,
)
from foundsound.errors import NotFound
from foundsound.library import Library, library_exists
from foundsound.settings import Settings
from foundsound.sound_report import SoundReport, report_sound
from foundsound.suggestion_report import SuggestionEdit, edit_suggestions
from foundsound.user_data import SoundEdit, TagReport, check_sounds, edit_sounds, report_tags

IDS_IN_URL = 100


class UserDataAccess(Protocol):
    """Collections go by their names here. What is not there raises NotFound or InvalidRequest."""

    @property
    def library(self) -> Library | RemoteLibrary:
        """The library itself."""

    def sound(self, sound_id: str) -> SoundReport:
        """What is known of a sound."""

    def edit(self, sound_ids: Sequence[str], edit: SoundEdit) -> None:
        """Change what is said of sounds, of all or of none."""

    def decide(self, sound_id: str, edit: SuggestionEdit) -> None:
        """Accept or reject what is suggested for a sound."""

    def tags(self) -> list[TagReport]:
        """Every tag."""

    def collections(self) -> list[CollectionReport]:
        """Every collection."""

    def collection(self, name: str) -> CollectionDetails:
        """A collection and what it holds."""

    def create(self, name: str, sound_ids: Sequence[str]) -> CollectionDetails:
        """Make a collection."""

    def rename(self, name: str, new_name: str) -> CollectionDetails:
        """Give it another name."""

    def delete(self, name: str) -> None:
        """Forget it."""

    def place(self, name: str, sound_ids: Sequence[str], at: int | None) -> CollectionDetails:
        """Put sounds into it, or move them in it: before the one at ``at``, or behind all."""

    def remove(self, name: str, sound_ids: Sequence[str]) -> CollectionDetails:
        """Take sounds out of it."""


@contextmanager
def user_data(settings: Settings) -> Iterator[UserDataAccess]:
    """Access to the library's user data.

    Raises:
        NotFound: there is no library yet.
        LibraryBusy, LibraryError, ModelError: it cannot be opened.
    """
    if not library_exists(settings):
        raise NotFound("The library is empty; index a folder with: foundsound index ~/Sounds")
    with open_or_connect(settings) as library:
        yield _Local(library) if isinstance(library, Library) else _Remote(library)


class _Local:
    """Over a library that this process owns."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def sound(self, sound_id: str) -> SoundReport:
        with self.library.catalog.read() as session:
            return report_sound(session, sound_id)

    def edit(self, sound_ids: Sequence[str], edit: SoundEdit) -> None:
        with self.library.catalog.write(alone=True) as session:
            edit_sounds(session, sound_ids, edit)
        self.library.refresh_words()

    def decide(self, sound_id: str, edit: SuggestionEdit) -> None:
        with self.library.catalog.write(alone=True) as session:
            edit_suggestions(session, sound_id, edit)
        self.library.refresh_words()

    def tags(self) -> list[TagReport]:
        with self.library.catalog.read() as session:
            return report_tags(session)

    def collections(self) -> list[CollectionReport]:
        with self.library.catalog.read() as session:
            return report_collections(session)

    def collection(self, name: str) -> CollectionDetails:
        with self.library.catalog.read() as session:
            return report_collection(session, collections.collection_named(session, name))

    def create(self, name: str, sound_ids: Sequence[str]) -> CollectionDetails:
        with self.library.catalog.write(alone=True) as session:
            check_sounds(session, sound_ids)
            made = collections.create_collection(session, name)
            collections.set_items(session, made, sound_ids)
            return report_collection(session, made)

    def rename(self, name: str, new_name: str) -> CollectionDetails:
        with self._edited(name) as (session, found):
            collections.rename_collection(session, found, new_name)
            return report_collection(session, found)

    def delete(self, name: str) -> None:
        with self._edited(name) as (session, found):
            collections.delete_collection(session, found)

    def place(self, name: str, sound_ids: Sequence[str], at: int | None) -> CollectionDetails:
        with self._edited(name) as (session, found):
            check_sounds(session, sound_ids)
            collections.place_items(session, found, sound_ids, at)
            return report_collection(session, found)

    def remove(self, name: str, sound_ids: Sequence[str]) -> CollectionDetails:
        with self._edited(name) as (session, found):
            collections.remove_items(session, found, sound_ids)
            return report_collection(session, found)

    @contextmanager
    def _edited(self, name: str) -> Iterator[tuple[Session, Collection]]:
        with self.library.catalog.write(alone=True) as session:
            yield session, collections.collection_named(session, name)


class _Remote:
    """Over the API of the process that owns the library."""

    def __init__(self, library: RemoteLibrary) -> None:
        self.library = library

    def sound(self, sound_id: str) -> SoundReport:
        return self.library.sound(sound_id)

    def edit(self, sound_ids: Sequence[str], edit: SoundEdit) -> None:
        body = edit.model_dump(exclude_none=True) | {"ids": list(sound_ids)}
        self.library.call("PATCH", "/sounds", json=body)

    def decide(self, sound_id: str, edit: SuggestionEdit) -> None:
        self.library.call("POST", f"/sounds/{sound_id}/suggestions", json=edit.model_dump())

    def tags(self) -> list[TagReport]:
        return [TagReport.model_validate(each) for each in self.library.call("GET", "/tags")]

    def collections(self) -> list[CollectionReport]:
        answer = self.library.call("GET", "/collections")
        return [CollectionReport.model_validate(each) for each in answer]

    def collection(self, name: str) -> CollectionDetails:
        return self._details("GET", self._path(name))

    def create(self, name: str, sound_ids: Sequence[str]) -> CollectionDetails:
        return self._details("POST", "/collections", json={"name": name, "ids": list(sound_ids)})

    def rename(self, name: str, new_name: str) -> CollectionDetails:
        return self._details("PATCH", self._path(name), json={"name": new_name})

    def delete(self, name: str) -> None:
        self.library.call("DELETE", self._path(name))

    def place(self, name: str, sound_ids: Sequence[str], at: int | None) -> CollectionDetails:
        body = {"ids": list(sound_ids), "at": at}
        return self._details("POST", f"{self._path(name)}/items", json=body)

    def remove(self, name: str, sound_ids: Sequence[str]) -> CollectionDetails:
        path = self._path(name)
        for start in range(0, len(sound_ids), IDS_IN_URL):
            fields = {"sound_id": sound_ids[start : start + IDS_IN_URL]}
            self.library.call("DELETE", f"{path}/items", params=fields)
        return self._details("GET", path)

    def _path(self, name: str) -> str:
        wanted = name_key(name)
        for each in self.collections():
            if name_key(each.name) == wanted:
                return f"/collections/{each.id}"
        raise NotFound(f"There is no collection '{name}'.")

    def _details(self, method: str, path: str, **request: Any) -> CollectionDetails:
        return CollectionDetails.model_validate(self.library.call(method, path, **request))
