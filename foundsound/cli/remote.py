"""Asks the process that owns the library over HTTP."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from urllib.parse import quote

import httpx

from foundsound.duplicates.report import DuplicatePage, Kind
from foundsound.errors import FoundsoundError, InvalidRequest, LibraryBusy, QueryError
from foundsound.indexing import IndexProgress, Switch
from foundsound.ownership import Owner
from foundsound.search.clips import Clip
from foundsound.search.query.query import Query
from foundsound.search.results import SearchResult
from foundsound.selection_lists import LEFT_OUT
from foundsound.sidecar_import import ImportOptions, ImportReport
from foundsound.sound_report import SoundReport

TIMEOUT = httpx.Timeout(60.0, connect=2.0)
BACKUP_TIMEOUT = httpx.Timeout(600.0, connect=2.0)  # the catalogue is read before the first byte


class RemoteLibrary:
    """The library of a running foundsound process: searches like a Searcher, starts index runs.

    A context manager. What the server refuses raises InvalidRequest with the server's sentence,
    what fails there FoundsoundError.

    Args:
        model: the model that this command was asked to use; the server's must be the same.

    Raises:
        LibraryBusy: the process does not answer.
    """

    def __init__(self, owner: Owner, model: str) -> None:
        self.owner = owner
        self._model = model
        self._client = httpx.Client(
            base_url=owner.url,
            timeout=TIMEOUT,
            headers={"Authorization": f"Bearer {owner.token}"},
            trust_env=False,  # a proxy has no business between two processes of one machine
        )
        try:
            self.call("GET", "/healthz")
        except FoundsoundError:
            self.close()
            raise

    def search(self, query: Query, clips: Sequence[Clip] = ()) -> SearchResult:
        """See :meth:`foundsound.search.searcher.Searcher.search`."""
        body = query.model_dump(mode="json", exclude_none=True) | {"model": self._model}
        if not clips:
            return SearchResult.model_validate(self.call("POST", "/search", json=body))
        with ExitStack() as opened:
            uploads = [("file", upload(opened, clip)) for clip in clips]
            fields = {"query": json.dumps(body)}
            answer = self.call("POST", "/search/audio", files=uploads, data=fields)
        return SearchResult.model_validate(answer)

    def sound(self, sound_id: str) -> SoundReport:
        """See :func:`foundsound.sound_report.report_sound`."""
        answer = self.call("GET", f"/sounds/{quote(sound_id, safe='')}")
        return SoundReport.model_validate(answer)

    def start_index(self, paths: Sequence[Path]) -> str:
        """Start an index run over there; returns its id."""
        request = {"paths": _absolute(paths), "model": self._model}
        return str(self.call("POST", "/index", json=request)["run_id"])

    def retry_failed(self, paths: Sequence[Path] | None) -> int:
        """Have files that could not be used tried again, all of them if None; returns how many."""
        request = {"all": True} if paths is None else {"paths": _absolute(paths)}
        return int(self.call("POST", "/failed/retry", json=request)["files"])

    def duplicates(self, kind: Kind, limit: int, cursor: str | None) -> DuplicatePage:
        """See :func:`foundsound.duplicates.report.report_duplicates`."""
        wanted = {"kind": kind, "limit": limit} | ({} if cursor is None else {"cursor": cursor})
        return DuplicatePage.model_validate(self.call("GET", "/duplicates", params=wanted))

    def import_metadata(self, path: Path, options: ImportOptions) -> ImportReport:
        """See :func:`foundsound.sidecar_import.import_table`."""
        try:
            with path.open("rb") as file:
                answer = self.call(
                    "POST",
                    "/metadata/import",
                    files={"file": (path.name, file)},
                    data={"options": options.model_dump_json()},
                )
        except OSError as error:
            raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
        return ImportReport.model_validate(answer)

    @contextmanager
    def listed(
        self, sound_ids: Sequence[str], form: str, maps: Sequence[str]
    ) -> Iterator[tuple[Iterator[bytes], int]]:
        """See :class:`foundsound.selection_lists.Listing`: its lines, and how many it left out."""
        chosen = self.call("POST", "/selection", json={"ids": list(sound_ids)})
        asked = {"format": form, "map": list(maps)}
        path = f"/selection/{chosen['selection_id']}"
        try:
            with self._client.stream("GET", path, params=asked) as response:
                if not response.is_success:
                    response.read()
                    self._refuse(response)
                yield response.iter_bytes(), int(response.headers.get(LEFT_OUT, 0))
        except httpx.HTTPError as error:
            raise self._silent(error) from error

    def start_comparison(self) -> str:
        """Start a search for near-duplicates over there; returns its id."""
        return str(self.call("POST", "/duplicates")["run_id"])

    def start_switch(self, switch: Switch) -> str:
        """Start a change of the model over there; returns its id."""
        return str(self.call("POST", "/spaces", json=switch.model_dump())["run_id"])

    def drop_space(self, key: str) -> None:
        """Delete the vectors of a model that the library does not use."""
        self.call("DELETE", f"/spaces/{quote(key, safe='')}")

    def index_progress(self, run_id: str) -> IndexProgress:
        """The counts of a run now."""
        return IndexProgress.model_validate(self.call("GET", f"/index/{run_id}"))

    def stop_index(self, run_id: str) -> None:
        """Ask a run to end early."""
        self.call("DELETE", f"/index/{run_id}")

    @contextmanager
    def backup(self) -> Iterator[Iterator[bytes]]:
        """A backup as one file, see :mod:`foundsound.transfer`; not whole if it ends by an error.

        Raises:
            LibraryBusy: the process does not answer, or ended; also from the iterator.
        """
        try:
            with self._client.stream("GET", "/backup", timeout=BACKUP_TIMEOUT) as response:
                if not response.is_success:
                    response.read()
                    self._refuse(response)
                yield response.iter_bytes()
        except httpx.HTTPError as error:
            raise self._silent(error) from error

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def __enter__(self) -> "RemoteLibrary":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, method: str, path: str, **request: Any) -> Any:
        """Send a request; what comes back from its JSON, None when that is empty."""
        try:
            response = self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            raise self._silent(error) from error
        except UnicodeEncodeError as error:  # bytes of a command line that are no text
            raise InvalidRequest(
                "What was typed holds characters that are not valid Unicode."
            ) from error
        if response.is_success:
            return response.json() if response.content else None
        return self._refuse(response)

    def _silent(self, error: httpx.HTTPError) -> LibraryBusy:
        return LibraryBusy(
            f"The foundsound process {self.owner.pid} owns the library but does not answer at "
            f"{self.owner.url} ({error})."
        )

    def _refuse(self, response: httpx.Response) -> NoReturn:
        try:
            problem = response.json()
            detail = problem["detail"]
        except (json.JSONDecodeError, KeyError, TypeError):
            problem, detail = {}, f"The foundsound server answered {response.status_code}."
        if span := problem.get("span"):
            raise QueryError(detail, (span[0], span[1]))
        raise (InvalidRequest if response.status_code < 500 else FoundsoundError)(detail)


def _absolute(paths: Sequence[Path]) -> list[str]:
    absolute = [os.path.abspath(path.expanduser()) for path in paths]
    for path in absolute:
        if path != os.fsencode(path).decode("utf-8", "replace"):
            raise InvalidRequest(
                "A path that is not UTF-8 cannot be sent to the foundsound process that owns "
                "the library; stop that process, or name a folder above."
            )
    return absolute


def upload(opened: ExitStack, clip: Clip) -> tuple[str, BinaryIO]:
    """A clip as httpx sends it; ``opened`` closes it.

    Raises:
        InvalidRequest: it cannot be read.
    """
    try:
        return clip.name, opened.enter_context(open(clip.path, "rb"))
    except OSError as error:
        raise InvalidRequest(f"{clip.name}: The file cannot be read: {error.strerror}.") from error
