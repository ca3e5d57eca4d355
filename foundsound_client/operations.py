"""Every operation of the API as a method. Written by ``make client``: change the API instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal

from foundsound_client import models
from foundsound_client.base import Caller, Upload


class Operations(Caller):
    """Methods are called after verb and path; what is not given is not sent."""

    def post_search(self, body: models.SearchRequest) -> models.SearchResult:
        """The sounds that fit best, each with its best window and what each part contributed."""
        return self._read(models.SearchResult, "POST", "/search", body=body)

    def get_search(self, *, q: str, limit: int | None = None, sort: Literal['relevance', 'name', '-name', 'duration', '-duration', 'added', '-added', 'loudness', '-loudness'] | None = None, mode: Literal['hybrid', 'dense', 'lexical'] | None = None, facets: Sequence[Literal['category', 'format', 'duration', 'folder', 'tag', 'suggested', 'sample_rate', 'channels']] | None = None, show_weak: bool | None = None, least: float | None = None, fold: bool | None = None, diversity: float | None = None, cursor: str | None = None, model: str | None = None) -> models.SearchResult:
        """The simple case of POST /search, for scripts and links."""
        return self._read(models.SearchResult, "GET", "/search", query={"q": q, "limit": limit, "sort": sort, "mode": mode, "facets": facets, "show_weak": show_weak, "least": least, "fold": fold, "diversity": diversity, "cursor": cursor, "model": model})

    def post_search_audio(self, *, file: Sequence[Upload], query: str | None = None, limit: int | None = None, model: str | None = None) -> models.SearchResult:
        """The sounds that resemble uploaded clips, and whatever else the query asks for."""
        return self._read(models.SearchResult, "POST", "/search/audio", form={"file": file, "query": query, "limit": limit, "model": model})

    def post_classify(self, body: dict[str, Any]) -> models.Classification:
        """Score sounds with labels: JSON for sounds of the library, a form for files as well."""
        return self._read(models.Classification, "POST", "/classify", body=body)

    def get_label_sets(self) -> list[models.LabelSetReport]:
        """Every saved set, in alphabetical order."""
        return self._read(list[models.LabelSetReport], "GET", "/label-sets")

    def get_label_sets_by_name(self, name: str) -> models.LabelSetReport:
        """What it holds."""
        return self._read(models.LabelSetReport, "GET", f"/label-sets/{self._segment(name)}")

    def put_label_sets_by_name(self, name: str, body: models.LabelSet) -> models.LabelSetReport:
        """Keep labels under a name; what a set of that name held before is forgotten."""
        return self._read(models.LabelSetReport, "PUT", f"/label-sets/{self._segment(name)}", body=body)

    def delete_label_sets_by_name(self, name: str) -> None:
        """Forget a set."""
        self._call("DELETE", f"/label-sets/{self._segment(name)}")

    def get_enrolled(self) -> list[models.EnrolledReport]:
        """Every enrolled sound, in alphabetical order, and how well each is known."""
        return self._read(list[models.EnrolledReport], "GET", "/enrolled")

    def post_enrolled(self, body: dict[str, Any]) -> models.EnrolledReport:
        """Name a sound by examples: JSON for sounds of the library, a form for files as well."""
        return self._read(models.EnrolledReport, "POST", "/enrolled", body=body)

    def get_enrolled_by_name(self, name: str) -> models.EnrolledReport:
        """Its examples, and how well it is known."""
        return self._read(models.EnrolledReport, "GET", f"/enrolled/{self._segment(name)}")

    def delete_enrolled_by_name(self, name: str) -> None:
        """Forget it with its examples."""
        self._call("DELETE", f"/enrolled/{self._segment(name)}")

    def get_sounds_by_sound_id(self, sound_id: str) -> models.SoundReport:
        """What the catalogue knows of a sound: state, format, windows, metadata, places."""
        return self._read(models.SoundReport, "GET", f"/sounds/{self._segment(sound_id)}")

    def patch_sounds_by_sound_id(self, sound_id: str, body: models.SoundEdit) -> models.SoundReport:
        """Change its tags, its favourite mark or its note; every copy of the file has the same."""
        return self._read(models.SoundReport, "PATCH", f"/sounds/{self._segment(sound_id)}", body=body)

    def get_sounds_by_sound_id_audio(self, sound_id: str) -> AbstractContextManager[Iterator[bytes]]:
        """The file as it is, with byte ranges, so that players can seek."""
        return self._stream("GET", f"/sounds/{self._segment(sound_id)}/audio")

    def get_sounds_by_sound_id_rendition(self, sound_id: str) -> AbstractContextManager[Iterator[bytes]]:
        """The file itself where every browser plays it, else a copy as WAV or Opus; with byte ranges."""
        return self._stream("GET", f"/sounds/{self._segment(sound_id)}/rendition")

    def get_sounds_by_sound_id_peaks(self, sound_id: str, *, zoom: Literal['overview', 'detail'] | None = None) -> Any:
        """What a player needs to draw a waveform: extremes of all channels' mean."""
        return self._read(Any, "GET", f"/sounds/{self._segment(sound_id)}/peaks", query={"zoom": zoom})

    def get_sounds_by_sound_id_spectrogram_png(self, sound_id: str, *, theme: Literal['dark', 'light'] | None = None) -> AbstractContextManager[Iterator[bytes]]:
        """The whole sound from left to right, 40 Hz to 20 kHz on the mel scale from bottom to top."""
        return self._stream("GET", f"/sounds/{self._segment(sound_id)}/spectrogram.png", query={"theme": theme})

    def get_sounds_by_sound_id_windows(self, sound_id: str) -> models.SoundWindowsReport:
        """The stretches that were embedded, each with the UCS categories that stand out in it."""
        return self._read(models.SoundWindowsReport, "GET", f"/sounds/{self._segment(sound_id)}/windows")

    def post_sounds_summaries(self, body: models.Named) -> list[models.SoundSummary]:
        """Path, length, category, tags and mark of each that is at hand, in the order given."""
        return self._read(list[models.SoundSummary], "POST", "/sounds/summaries", body=body)

    def post_selection(self, body: models.Chosen) -> models.Selection:
        """Name sounds, to fetch them as a file from ``/selection/{selection_id}``."""
        return self._read(models.Selection, "POST", "/selection", body=body)

    def get_selection_by_selection_id(self, selection_id: str, *, format: Literal['csv', 'jsonl', 'm3u', 'paths', 'zip'] | None = None, map: Sequence[str] | None = None) -> AbstractContextManager[Iterator[bytes]]:
        """Chosen sounds in their order; a ZIP archive is made while it is sent."""
        return self._stream("GET", f"/selection/{self._segment(selection_id)}", query={"format": format, "map": map})

    def get_map(self, *, version: str | None = None) -> models.MapReport:
        """Sounds that are alike lie side by side; the map is made in the background."""
        return self._read(models.MapReport, "GET", "/map", query={"version": version})

    def get_map_state(self) -> models.MapNow:
        """To be asked now and then while the map is computed, and before it is read: it is large."""
        return self._read(models.MapNow, "GET", "/map/state")

    def patch_sounds(self, body: models.SoundsEdit) -> models.EditedSounds:
        """Make the same changes to all of them."""
        return self._read(models.EditedSounds, "PATCH", "/sounds", body=body)

    def post_sounds_by_sound_id_suggestions(self, sound_id: str, body: models.SuggestionEdit) -> models.SoundReport:
        """What is accepted becomes a tag; neither that nor what is rejected is suggested again."""
        return self._read(models.SoundReport, "POST", f"/sounds/{self._segment(sound_id)}/suggestions", body=body)

    def get_tags(self) -> list[models.TagReport]:
        """Every tag, in alphabetical order, and how many sounds bear it."""
        return self._read(list[models.TagReport], "GET", "/tags")

    def get_collections(self) -> list[models.CollectionReport]:
        """Every collection, in alphabetical order."""
        return self._read(list[models.CollectionReport], "GET", "/collections")

    def post_collections(self, body: models.NewCollection) -> models.CollectionDetails:
        """Make a collection, with sounds if some are named."""
        return self._read(models.CollectionDetails, "POST", "/collections", body=body)

    def get_collections_by_collection_id(self, collection_id: int) -> models.CollectionDetails:
        """What it holds, in its order."""
        return self._read(models.CollectionDetails, "GET", f"/collections/{self._segment(collection_id)}")

    def patch_collections_by_collection_id(self, collection_id: int, body: models.CollectionEdit) -> models.CollectionDetails:
        """Give it another name."""
        return self._read(models.CollectionDetails, "PATCH", f"/collections/{self._segment(collection_id)}", body=body)

    def delete_collections_by_collection_id(self, collection_id: int) -> None:
        """Forget it; its sounds stay as they are."""
        self._call("DELETE", f"/collections/{self._segment(collection_id)}")

    def post_collections_by_collection_id_items(self, collection_id: int, body: models.PlacedItems) -> models.CollectionDetails:
        """Put sounds into a collection, in the order in which they are named."""
        return self._read(models.CollectionDetails, "POST", f"/collections/{self._segment(collection_id)}/items", body=body)

    def put_collections_by_collection_id_items(self, collection_id: int, body: models.Items) -> models.CollectionDetails:
        """Make it hold these sounds and no others, in this order."""
        return self._read(models.CollectionDetails, "PUT", f"/collections/{self._segment(collection_id)}/items", body=body)

    def delete_collections_by_collection_id_items(self, collection_id: int, *, sound_id: Sequence[str]) -> models.CollectionDetails:
        """Take sounds out of a collection; those that it does not hold are no error."""
        return self._read(models.CollectionDetails, "DELETE", f"/collections/{self._segment(collection_id)}/items", query={"sound_id": sound_id})

    def patch_metadata(self, body: models.Changes) -> list[models.ChangeResult]:
        """Set metadata, tags, marks and notes of many sounds in one transaction; of each it is said what became of it. What cannot be changed holds up nothing else."""
        return self._read(list[models.ChangeResult], "PATCH", "/metadata", body=body)

    def post_metadata_import(self, *, file: Upload, options: str | None = None) -> models.ImportReport:
        """Rows are matched by path, else by file name; imported fields win over the file's own."""
        return self._read(models.ImportReport, "POST", "/metadata/import", form={"file": file, "options": options})

    def get_duplicates(self, *, kind: Literal['exact', 'near'] | None = None, limit: int | None = None, cursor: str | None = None) -> models.DuplicatePage:
        """Sounds that lie at several places, or that are one to the ear: coded or trimmed otherwise."""
        return self._read(models.DuplicatePage, "GET", "/duplicates", query={"kind": kind, "limit": limit, "cursor": cursor})

    def post_duplicates(self) -> models.IndexRun:
        """Compare every sound that was not compared yet; progress is under `/index/{run_id}`."""
        return self._read(models.IndexRun, "POST", "/duplicates")

    def get_stats(self) -> models.Stats:
        """Counts of sounds, files and vectors, and the model in use."""
        return self._read(models.Stats, "GET", "/stats")

    def get_disk(self) -> models.DiskReport:
        """What the library's own files take up; walks its folders, so ask now and then."""
        return self._read(models.DiskReport, "GET", "/disk")

    def get_roots(self) -> list[models.RootReport]:
        """Every root: whether it is online, how it is watched, and what waits in it."""
        return self._read(list[models.RootReport], "GET", "/roots")

    def post_roots(self, body: models.NewRoot) -> models.RootReport:
        """Watch a folder from now on, and the roots inside it; one that is watched already is changed as named."""
        return self._read(models.RootReport, "POST", "/roots", body=body)

    def patch_roots_by_root_id(self, root_id: int, body: models.RootChange) -> models.RootReport:
        """Rename, pause, resume, watch otherwise, or accept that what vanished was deleted."""
        return self._read(models.RootReport, "PATCH", f"/roots/{self._segment(root_id)}", body=body)

    def delete_roots_by_root_id(self, root_id: int) -> None:
        """Forget a root with its sounds; files are untouched, tags and favourites are kept. One inside another root becomes a part of that."""
        self._call("DELETE", f"/roots/{self._segment(root_id)}")

    def get_spaces(self) -> list[models.SpaceReport]:
        """Every model that has vectors in the library; one of them is active."""
        return self._read(list[models.SpaceReport], "GET", "/spaces")

    def post_spaces(self, body: models.Switch) -> models.IndexRun:
        """Embed everything with another model, then switch to it; until then the old one answers."""
        return self._read(models.IndexRun, "POST", "/spaces", body=body)

    def delete_spaces_by_key(self, key: str) -> None:
        """Delete the vectors of a model that the library does not use."""
        self._call("DELETE", f"/spaces/{self._segment(key)}")

    def get_index(self) -> list[models.ToldRun]:
        """Index runs, changes of the model and searches for near-duplicates that have not ended."""
        return self._read(list[models.ToldRun], "GET", "/index")

    def post_index(self, body: models.IndexRequest) -> models.IndexRun:
        """Queue a run; ask for its progress by its id."""
        return self._read(models.IndexRun, "POST", "/index", body=body)

    def get_index_by_run_id(self, run_id: str) -> models.IndexProgress:
        """Counts now, or at the run's end."""
        return self._read(models.IndexProgress, "GET", f"/index/{self._segment(run_id)}")

    def delete_index_by_run_id(self, run_id: str) -> None:
        """Stop early; what is done is kept, and the next run goes on from there."""
        self._call("DELETE", f"/index/{self._segment(run_id)}")

    def get_failed(self, *, limit: int | None = None, before: int | None = None) -> models.FailedReport:
        """Each with its reason and when it is tried again, those found last first."""
        return self._read(models.FailedReport, "GET", "/failed", query={"limit": limit, "before": before})

    def post_failed_retry(self, body: models.RetryRequest) -> models.Retried:
        """As if for the first time, and as they are now: they are the worker's next files."""
        return self._read(models.Retried, "POST", "/failed/retry", body=body)

    def get_alerts(self) -> list[models.AlertReport]:
        """Every alert, in alphabetical order."""
        return self._read(list[models.AlertReport], "GET", "/alerts")

    def post_alerts(self, body: models.NewAlert) -> models.MadeAlert:
        """Have a query asked of every sound that is indexed from now on."""
        return self._read(models.MadeAlert, "POST", "/alerts", body=body)

    def post_alerts_audio(self, *, file: Sequence[Upload], alert: str) -> models.MadeAlert:
        """The same by example: the clips are kept with the alert."""
        return self._read(models.MadeAlert, "POST", "/alerts/audio", form={"file": file, "alert": alert})

    def get_alerts_feed(self, *, alert_id: int | None = None, before: int | None = None, after: int | None = None, limit: int | None = None) -> list[models.FeedItem]:
        """The newest first; ``before`` goes on from an item's id. With ``after``: what came since."""
        return self._read(list[models.FeedItem], "GET", "/alerts/feed", query={"alert_id": alert_id, "before": before, "after": after, "limit": limit})

    def get_alerts_by_alert_id(self, alert_id: int) -> models.AlertReport:
        """An alert, and how it is doing."""
        return self._read(models.AlertReport, "GET", f"/alerts/{self._segment(alert_id)}")

    def patch_alerts_by_alert_id(self, alert_id: int, body: models.AlertChange) -> models.AlertReport:
        """Rename, pause or resume it; change threshold and destinations; deliver what waits."""
        return self._read(models.AlertReport, "PATCH", f"/alerts/{self._segment(alert_id)}", body=body)

    def delete_alerts_by_alert_id(self, alert_id: int) -> None:
        """Forget an alert with all that it found."""
        self._call("DELETE", f"/alerts/{self._segment(alert_id)}")

    def post_alerts_by_alert_id_test(self, alert_id: int) -> list[models.Delivered]:
        """Send a message of type ``alert.test`` to each, and say what became of it."""
        return self._read(list[models.Delivered], "POST", f"/alerts/{self._segment(alert_id)}/test")

    def get_backup(self) -> AbstractContextManager[Iterator[bytes]]:
        """Catalogue, user data and vectors as of now, for ``foundsound restore``; made while it is sent. It holds the secrets of alerts, and no API keys. A file that was cut short is refused."""
        return self._stream("GET", "/backup")

    def get_changes(self, *, since: str | None = None, limit: int | None = None, map: Sequence[str] | None = None) -> models.ChangePage:
        """Changes in the order in which they became visible. A cursor misses none that follows it; one that is too old is answered by 410: list the library anew."""
        return self._read(models.ChangePage, "GET", "/changes", query={"since": since, "limit": limit, "map": map})

    def get_webhooks(self) -> list[models.WebhookReport]:
        """Every webhook, and how it is doing."""
        return self._read(list[models.WebhookReport], "GET", "/webhooks")

    def post_webhooks(self, body: models.NewWebhook) -> models.MadeWebhook:
        """Have it sent what ``GET /changes`` tells, as it happens; its secret is shown this once."""
        return self._read(models.MadeWebhook, "POST", "/webhooks", body=body)

    def delete_webhooks_by_webhook_id(self, webhook_id: int) -> None:
        """Tell it nothing more."""
        self._call("DELETE", f"/webhooks/{self._segment(webhook_id)}")

    def post_webhooks_by_webhook_id_test(self, webhook_id: int) -> models.Delivered:
        """Send it a message of type ``library.test``, and say what became of it."""
        return self._read(models.Delivered, "POST", f"/webhooks/{self._segment(webhook_id)}/test")

    def get_metrics(self) -> AbstractContextManager[Iterator[bytes]]:
        """Requests, searches, queue and what this process embedded; counts no more than the queue."""
        return self._stream("GET", "/metrics")

    def get_healthz(self) -> models.Health:
        """The process runs; says nothing of the model."""
        return self._read(models.Health, "GET", "/healthz")

    def get_readyz(self) -> models.Readiness:
        """200 once the text encoder is loaded, and while catalogue and vectors can be used."""
        return self._read(models.Readiness, "GET", "/readyz")
