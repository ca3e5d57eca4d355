"""Classification, label sets and enrolled sounds: in a library opened here, or over HTTP."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from pydantic import BaseModel

from foundsound.cli.access import open_or_connect
from foundsound.cli.remote import RemoteLibrary, upload
from foundsound.errors import NotFound
from foundsound.hearing.classifier import Classification, Classifier, ClassifyRequest
from foundsound.hearing.clips import Clip
from foundsound.hearing.enrolled import EnrolledReport
from foundsound.hearing.label_sets import LabelSet, LabelSetReport
from foundsound.hearing.stretches import Heard
from foundsound.library import Library, library_exists
from foundsound.settings import Settings


class HearingAccess(Protocol):
    """What is not there raises NotFound or InvalidRequest."""

    def classify(self, request: ClassifyRequest, clips: Sequence[Clip] = ()) -> Classification:
        """See :meth:`foundsound.hearing.classifier.Classifier.classify`."""

    def label_sets(self) -> list[LabelSetReport]:
        """Every label set."""

    def label_set(self, name: str) -> LabelSetReport:
        """One of them."""

    def save_label_set(self, name: str, wanted: LabelSet) -> LabelSetReport:
        """Keep one."""

    def delete_label_set(self, name: str) -> None:
        """Forget one."""

    def enrolled(self) -> list[EnrolledReport]:
        """Every enrolled sound."""

    def enrolled_named(self, name: str) -> EnrolledReport:
        """One of them."""

    def enrol(
        self, name: str, examples: Sequence[Heard], clips: Sequence[Clip], add: bool
    ) -> EnrolledReport:
        """Name a sound by examples."""

    def remove_enrolled(self, name: str) -> None:
        """Forget one."""


@contextmanager
def hearing(settings: Settings, *, alone: bool = False) -> Iterator[HearingAccess]:
    """Access to the library, or with ``alone`` to an empty one that is gone afterwards if need be.

    Raises:
        NotFound: there is no library yet.
        LibraryBusy, LibraryError, ModelError: it cannot be opened.
    """
    if library_exists(settings):
        with open_or_connect(settings) as library:
            yield _Local(library) if isinstance(library, Library) else _Remote(library, settings)
    elif alone:
        with tempfile.TemporaryDirectory(prefix="foundsound-classify-") as folder:
            own = {"data_dir": Path(folder), "database_url": None, "qdrant_url": None}
            with Library(settings.model_copy(update=own)) as empty:
                yield _Local(empty)
    else:
        raise NotFound("The library is empty; index a folder with: foundsound index ~/Sounds")


class _Local:
    """Over a library that this process owns."""

    def __init__(self, library: Library) -> None:
        self._classifier = Classifier(library)

    def classify(self, request: ClassifyRequest, clips: Sequence[Clip] = ()) -> Classification:
        return self._classifier.classify(request, clips)

    def label_sets(self) -> list[LabelSetReport]:
        return self._classifier.sets.all()

    def label_set(self, name: str) -> LabelSetReport:
        return self._classifier.sets.named(name)

    def save_label_set(self, name: str, wanted: LabelSet) -> LabelSetReport:
        return self._classifier.sets.save(name, wanted)

    def delete_label_set(self, name: str) -> None:
        self._classifier.sets.delete(name)

    def enrolled(self) -> list[EnrolledReport]:
        return self._classifier.enrolled.reports()

    def enrolled_named(self, name: str) -> EnrolledReport:
        return self._classifier.enrolled.report(name)

    def enrol(
        self, name: str, examples: Sequence[Heard], clips: Sequence[Clip], add: bool
    ) -> EnrolledReport:
        return self._classifier.enrolled.enrol(name, examples, clips, add=add)

    def remove_enrolled(self, name: str) -> None:
        self._classifier.enrolled.remove(name)


class _Remote:
    """Over the API of the process that owns the library."""

    def __init__(self, library: RemoteLibrary, settings: Settings) -> None:
        self._library = library
        self._model = settings.model

    def classify(self, request: ClassifyRequest, clips: Sequence[Clip] = ()) -> Classification:
        body = _body(request) | {"model": self._model}
        return Classification.model_validate(self._send("/classify", body, clips))

    def label_sets(self) -> list[LabelSetReport]:
        found = self._library.call("GET", "/label-sets")
        return [LabelSetReport.model_validate(each) for each in found]

    def label_set(self, name: str) -> LabelSetReport:
        return LabelSetReport.model_validate(self._library.call("GET", _path("label-sets", name)))

    def save_label_set(self, name: str, wanted: LabelSet) -> LabelSetReport:
        answer = self._library.call("PUT", _path("label-sets", name), json=_body(wanted))
        return LabelSetReport.model_validate(answer)

    def delete_label_set(self, name: str) -> None:
        self._library.call("DELETE", _path("label-sets", name))

    def enrolled(self) -> list[EnrolledReport]:
        found = self._library.call("GET", "/enrolled")
        return [EnrolledReport.model_validate(each) for each in found]

    def enrolled_named(self, name: str) -> EnrolledReport:
        return EnrolledReport.model_validate(self._library.call("GET", _path("enrolled", name)))

    def enrol(
        self, name: str, examples: Sequence[Heard], clips: Sequence[Clip], add: bool
    ) -> EnrolledReport:
        given = [_body(each) for each in examples]
        body = {"name": name, "examples": given, "add": add}
        return EnrolledReport.model_validate(self._send("/enrolled", body, clips))

    def remove_enrolled(self, name: str) -> None:
        self._library.call("DELETE", _path("enrolled", name))

    def _send(self, path: str, body: dict[str, Any], clips: Sequence[Clip]) -> Any:
        if not clips:
            return self._library.call("POST", path, json=body)
        with ExitStack() as opened:
            files = [("file", upload(opened, clip)) for clip in clips]
            return self._library.call("POST", path, files=files, data={"request": json.dumps(body)})


def _body(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)


def _path(kind: str, name: str) -> str:
    return f"/{kind}/{quote(name, safe='')}"
