"""Alerts, read and changed: in a library opened here, or over HTTP."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from foundsound.alerts.deliver import try_destinations
from foundsound.alerts.report import feed, report_alert, report_alerts
from foundsound.alerts.shapes import (
    AlertChange,
    AlertReport,
    Delivered,
    FeedItem,
    MadeAlert,
    NewAlert,
)
from foundsound.alerts.store import MOST_CLIP_BYTES, change_alert, create_alert
from foundsound.catalog.alert_models import AlertClip
from foundsound.catalog.alerts import alert_by_id, delete_alert
from foundsound.catalog.names import name_key
from foundsound.cli.access import open_or_connect
from foundsound.cli.remote import RemoteLibrary, upload
from foundsound.errors import InvalidRequest, NotFound
from foundsound.library import Library
from foundsound.search.clips import Clip
from foundsound.settings import Settings


class AlertsAccess(Protocol):
    """What is not there raises NotFound or InvalidRequest."""

    def add(self, wanted: NewAlert, clips: Sequence[Clip]) -> MadeAlert:
        """Make an alert."""

    def alerts(self) -> list[AlertReport]:
        """Every alert."""

    def change(self, alert_id: int, wanted: AlertChange) -> AlertReport:
        """Change one."""

    def delete(self, alert_id: int) -> None:
        """Forget one."""

    def test(self, alert_id: int) -> list[Delivered]:
        """Try its destinations."""

    def feed(self, alert_id: int | None, limit: int, after: int | None) -> list[FeedItem]:
        """What was found, the newest first, or what came after an item."""


def alert_of(access: AlertsAccess, name: str) -> AlertReport:
    """An alert by its name, in any case.

    Raises:
        NotFound: there is none.
    """
    for each in access.alerts():
        if name_key(each.name) == name_key(name):
            return each
    raise NotFound(f"There is no alert '{name}'.")


@contextmanager
def alerts(settings: Settings) -> Iterator[AlertsAccess]:
    """Access to the library's alerts; an empty library may have some.

    Raises:
        LibraryBusy, LibraryError, ModelError: it cannot be opened.
    """
    with open_or_connect(settings) as library:
        yield _Local(library) if isinstance(library, Library) else _Remote(library)


class _Local:
    """Over a library that this process owns."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def add(self, wanted: NewAlert, clips: Sequence[Clip]) -> MadeAlert:
        kept = [
            AlertClip(number=number, name=clip.name, data=_read(clip))
            for number, clip in enumerate(clips)
        ]
        return create_alert(self._library, wanted, kept)

    def alerts(self) -> list[AlertReport]:
        with self._library.catalog.read() as session:
            return report_alerts(session)

    def change(self, alert_id: int, wanted: AlertChange) -> AlertReport:
        with self._library.catalog.write(alone=True) as session:
            alert = alert_by_id(session, alert_id)
            change_alert(session, alert, wanted, self._library.settings)
            report = report_alert(session, alert_id)
        self._library.catalog.news.notify()  # in a studio, other processes deliver
        return report

    def delete(self, alert_id: int) -> None:
        with self._library.catalog.write(alone=True) as session:
            delete_alert(session, alert_by_id(session, alert_id))

    def test(self, alert_id: int) -> list[Delivered]:
        with self._library.catalog.read() as session:
            alert = alert_by_id(session, alert_id)
            session.expunge(alert)
        return try_destinations(alert, self._library.settings)

    def feed(self, alert_id: int | None, limit: int, after: int | None) -> list[FeedItem]:
        with self._library.catalog.read() as session:
            return feed(session, limit, alert_id=alert_id, after=after)


class _Remote:
    """Over the API of the process that owns the library."""

    def __init__(self, library: RemoteLibrary) -> None:
        self._library = library

    def add(self, wanted: NewAlert, clips: Sequence[Clip]) -> MadeAlert:
        if not clips:
            body = wanted.model_dump(mode="json", exclude_none=True)
            return MadeAlert.model_validate(self._library.call("POST", "/alerts", json=body))
        with ExitStack() as opened:
            uploads = [("file", upload(opened, clip)) for clip in clips]
            answer = self._library.call(
                "POST",
                "/alerts/audio",
                files=uploads,
                data={"alert": wanted.model_dump_json(exclude_none=True)},
            )
        return MadeAlert.model_validate(answer)

    def alerts(self) -> list[AlertReport]:
        return [AlertReport.model_validate(each) for each in self._library.call("GET", "/alerts")]

    def change(self, alert_id: int, wanted: AlertChange) -> AlertReport:
        body = wanted.model_dump(mode="json", exclude_none=True)
        answer = self._library.call("PATCH", f"/alerts/{alert_id}", json=body)
        return AlertReport.model_validate(answer)

    def delete(self, alert_id: int) -> None:
        self._library.call("DELETE", f"/alerts/{alert_id}")

    def test(self, alert_id: int) -> list[Delivered]:
        answer = self._library.call("POST", f"/alerts/{alert_id}/test")
        return [Delivered.model_validate(each) for each in answer]

    def feed(self, alert_id: int | None, limit: int, after: int | None) -> list[FeedItem]:
        wanted = {"alert_id": alert_id, "limit": limit, "after": after}
        params = {name: value for name, value in wanted.items() if value is not None}
        answer = self._library.call("GET", "/alerts/feed", params=params)
        return [FeedItem.model_validate(each) for each in answer]


def _read(clip: Clip) -> bytes:
    try:
        with open(clip.path, "rb") as file:
            return file.read(MOST_CLIP_BYTES + 1)
    except OSError as error:
        raise InvalidRequest(f"{clip.name}: The file cannot be read: {error.strerror}.") from error
