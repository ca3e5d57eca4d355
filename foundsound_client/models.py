"""What the API takes and answers. Written by ``make client``: change the API instead."""


from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import pydantic

from foundsound_client.base import Model


class AlertChange(Model):
    """What to change of an alert; what is not given stays. Empty destinations are removed."""

    name: str | None = None
    threshold: float | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    file: str | None = None
    paused: bool | None = None

class AlertQuery(Model):
    """What to wait for: text and parts as in a search, by ear alone; filters only leave out."""

    text: str | None = None
    text_weight: float = 1.0
    parts: list[TextPart | ItemPart | ClipPart | EnrolledPart] = pydantic.Field(default_factory=lambda: [])
    filters: Filters = pydantic.Field(default_factory=lambda: Filters.model_validate({}))

class AlertReport(Model):
    """An alert, and how it is doing."""

    id: int
    name: str
    query: AlertQuery
    clips: list[str] = pydantic.Field(default_factory=lambda: [])
    threshold: float | None
    webhook: str | None
    file: str | None
    paused: bool
    problem: str | None
    added_at: datetime
    found: int
    waiting: int
    given_up: int
    last_error: str | None

class ChangeItem(Model):
    """Something that happened to a sound, and where the sound lies by now."""

    cursor: str
    kind: Literal['created', 'updated', 'moved', 'deleted', 'tagged']
    sound_id: str
    at: datetime
    was: str | None
    paths: list[str]

class ChangePage(Model):
    """Changes in the order in which they can be read."""

    changes: list[ChangeItem]
    cursor: str
    more: bool

class ChangeResult(Model):
    """What became of one of them."""

    sound_id: str
    changed: bool
    error: str | None

class Changes(Model):
    """Changes of many sounds, each its own."""

    sounds: list[SoundChange]

class Choice(Model):
    """One of these, and none of those."""

    any: list[str] = pydantic.Field(default_factory=lambda: [])
    none: list[str] = pydantic.Field(default_factory=lambda: [])

class Chosen(Model):
    """The sounds that are meant: by their ids, a collection, or a query."""

    ids: list[str] | None = None
    collection_id: int | None = None
    query: Query | None = None

class Classification(Model):
    """The scores of every sound, in the order of the request."""

    model: str
    logit_scale: float
    labels: list[str]
    warnings: list[str]
    results: list[Classified]

class Classified(Model):
    """One sound with its scores."""

    name: str
    sound_id: str | None
    start_s: float | None
    end_s: float | None
    scores: list[LabelScore]
    error: str | None = None

class ClipPart(Model):
    """A clip that comes with the query, or a stretch of it."""

    start_s: float | None = None
    end_s: float | None = None
    type: Literal['clip'] = 'clip'
    clip: int = 0
    weight: float = 1.0
    negative: bool = False

class CollectedSound(Model):
    """A sound in a collection."""

    sound_id: str
    path: str | None
    duration_s: float | None

class CollectionDetails(Model):
    """A collection and what it holds, in its order."""

    id: int
    name: str
    sounds: int
    added_at: datetime
    items: list[CollectedSound]

class CollectionEdit(Model):
    """A collection's new name."""

    name: str

class CollectionName(Model):
    """A collection that holds the sound."""

    id: int
    name: str

class CollectionReport(Model):
    """A collection."""

    id: int
    name: str
    sounds: int
    added_at: datetime

class Days(Model):
    """A stretch of days, by UTC."""

    gte: str | None = None
    lt: str | None = None

class DecisionReport(Model):
    """What a person said of a suggestion."""

    kind: Literal['ucs', 'tag']
    value: str
    accepted: bool

class Delivered(Model):
    """What became of a test message."""

    destination: str
    delivered: bool
    problem: str | None = None

class DiskReport(Model):
    """Bytes of files, as the server's machine sees them."""

    data_dir: str
    free_bytes: int
    catalogue_bytes: int
    vectors_bytes: int
    media_bytes: int
    media_limit_bytes: int
    map_bytes: int
    models_bytes: int
    files_bytes: int

class DuplicateGroup(Model):
    """One content at several places (exact), or contents that are one to the ear (near)."""

    sounds: list[DuplicateSound]
    spare_bytes: int
    similarity: float | None
    agreement: float | None

class DuplicatePage(Model):
    """A page of groups, those first that take up most for nothing."""

    kind: Literal['exact', 'near']
    groups: list[DuplicateGroup]
    total: int
    cursor: str | None
    uncompared: int

class DuplicateSound(Model):
    """A sound of a group, with every place where it lies."""

    sound_id: str
    paths: list[str]
    size_bytes: int
    duration_s: float | None
    sample_rate: int | None
    channels: int | None
    bit_depth: int | None
    format: str | None
    codec: str | None

class EditedSounds(Model):
    """How many sounds an edit was for."""

    sounds: int

class EnrolledPart(Model):
    """What a person enrolled by examples."""

    weight: float = 1.0
    negative: bool = False
    type: Literal['enrolled'] = 'enrolled'
    name: str

class EnrolledReport(Model):
    """An enrolled sound, and how well it is known in the library's space."""

    id: int
    name: str
    added_at: datetime
    examples: list[Example]
    examples_used: int
    threshold: float | None
    false_accept: float | None
    false_reject: float | None

class Example(Model):
    """One example of an enrolled sound."""

    name: str
    sound_id: str | None
    start_s: float | None
    end_s: float | None

class Facet(Model):
    """The values of one property: durations, rates and channels in their order, others by count."""

    name: Literal['category', 'format', 'duration', 'folder', 'tag', 'suggested', 'sample_rate', 'channels']
    values: list[FacetValue]

class FacetValue(Model):
    """One value of a property."""

    value: str
    count: int
    filter: str

class Facets(Model):
    """Counts over the sounds that a query finds."""

    sounds: int
    complete: bool
    facets: list[Facet]
    least: float | None = None

class FailedFileReport(Model):
    """A file that could not be used."""

    path: str
    reason: str
    attempts: int
    next_attempt: datetime | None

class FailedReport(Model):
    """Files that could not be used, those found last first."""

    files: list[FailedFileReport]
    quarantined: int
    waiting: int
    before: int | None

class FeedItem(Model):
    """A sound that an alert has found."""

    id: int
    alert_id: int
    alert: str
    sound_id: str
    path: str
    duration_s: float
    start_s: float
    end_s: float
    score: float | None
    strength: float | None
    found_at: datetime

Field = Literal['name', 'category', 'title', 'description', 'keywords', 'tag', 'note', 'folder', 'synonym', 'origin']

class FileProblem(Model):
    """A file that could not be used, and why."""

    path: str
    reason: str

class Filters(Model):
    """What a sound must be besides what it sounds like; all that are given must hold."""

    dur: Range | None = None
    sr: Range | None = None
    ch: Range | None = None
    size: Range | None = None
    bits: Range | None = None
    fmt: Choice | None = None
    codec: Choice | None = None
    added: Days | None = None
    folder: Choice | None = None
    root: Choice | None = None
    name: Choice | None = None
    state: Choice | None = None
    words: Phrases | None = None
    cat: Choice | None = None
    tag: Labels | None = None
    suggested: Choice | None = None
    collection: Choice | None = None
    artist: Choice | None = None
    library: Choice | None = None
    desc: Phrases | None = None
    lufs: Levels | None = None
    peak: Levels | None = None
    bpm: Range | None = None
    key: Choice | None = None
    class_: Choice | None = pydantic.Field(default=None, alias="class")

class Health(Model):
    """A process that answers."""

    status: str = 'ok'

class Hit(Model):
    """One sound that was found, with the stretch of it that fits best."""

    sound_id: str
    path: str
    score: float | None
    strength: float | None = None
    bar: float | None = None
    weak: bool = False
    takes: list[str] = pydantic.Field(default_factory=lambda: [])
    start_s: float
    end_s: float
    duration_s: float
    sample_rate: int
    channels: int
    format: str
    added_at: datetime
    loudness_lufs: float | None = None
    offline: bool = False
    reasons: list[Reason] = pydantic.Field(default_factory=lambda: [])
    demoted_by: int | None = None
    heard: Ranking | None = None
    said: Ranking | None = None
    words: list[MatchedWord] = pydantic.Field(default_factory=lambda: [])

class ImportReport(Model):
    """What became of a table."""

    rows: int = 0
    matched: int = 0
    sounds: int = 0
    empty: int = 0
    nameless: int = 0
    unmatched: int = 0
    ambiguous: int = 0
    unmatched_rows: list[UnmatchedRow] = pydantic.Field(default_factory=lambda: [])
    ambiguous_rows: list[UnmatchedRow] = pydantic.Field(default_factory=lambda: [])
    fields: dict[str, list[str]] = pydantic.Field(default_factory=lambda: {})
    extra: list[str] = pydantic.Field(default_factory=lambda: [])
    ignored: list[str] = pydantic.Field(default_factory=lambda: [])
    dry_run: bool = False

class Imported(Model):
    """Metadata from a librarian's table; it wins over what the file says in the same fields."""

    source: str
    imported_at: datetime
    fields: list[str]
    own: SoundMetadata

class IndexProgress(Model):
    """Counts of one index run, while it goes on and at its end."""

    state: Literal['waiting', 'scanning', 'indexing', 'comparing', 'done', 'stopped', 'failed'] = 'waiting'
    message: str = ''
    new: int = 0
    changed: int = 0
    moved: int = 0
    resumed: int = 0
    unchanged: int = 0
    missing: int = 0
    files_total: int = 0
    files_done: int = 0
    bytes_total: int = 0
    bytes_done: int = 0
    embedded: int = 0
    described: int = 0
    analysed: int = 0
    near_duplicates: int = 0
    duplicates: int = 0
    elsewhere: int = 0
    audio_s: float = 0.0
    problem_count: int = 0
    problems: list[FileProblem] | None = None
    seconds: float = 0.0

class IndexRequest(Model):
    """What to index."""

    paths: list[str]
    model: str | None = None

class IndexRun(Model):
    """A run that was accepted."""

    run_id: str

class ItemPart(Model):
    """A sound of the library, or a stretch of it; it is not among the hits itself."""

    start_s: float | None = None
    end_s: float | None = None
    type: Literal['item'] = 'item'
    sound_id: str
    weight: float = 1.0
    negative: bool = False

class Items(Model):
    """All the sounds that a collection shall hold, in order."""

    ids: list[str]

class Label(Model):
    """A name to choose, and other words for it: the best fitting one counts."""

    name: str
    synonyms: list[str] = pydantic.Field(default_factory=lambda: [])

class LabelScore(Model):
    """How a sound fits one label."""

    label: str
    score: float
    cosine: float | None
    strength: float | None
    heard: bool
    start_s: float | None
    end_s: float | None

class LabelSet(Model):
    """What a set holds."""

    labels: list[Label]
    templates: list[str] = pydantic.Field(default_factory=lambda: [])

class LabelSetReport(Model):
    """A saved set."""

    labels: list[Label]
    templates: list[str] = pydantic.Field(default_factory=lambda: [])
    name: str
    added_at: datetime

class Labels(Model):
    """All of these, one of those, and none of the others."""

    all: list[str] = pydantic.Field(default_factory=lambda: [])
    any: list[str] = pydantic.Field(default_factory=lambda: [])
    none: list[str] = pydantic.Field(default_factory=lambda: [])

class Levels(Model):
    """A stretch of levels, in dB against full scale: mostly below zero."""

    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None

class MadeAlert(Model):
    """A new alert; its secret is shown this once."""

    id: int
    name: str
    query: AlertQuery
    clips: list[str] = pydantic.Field(default_factory=lambda: [])
    threshold: float | None
    webhook: str | None
    file: str | None
    paused: bool
    problem: str | None
    added_at: datetime
    found: int
    waiting: int
    given_up: int
    last_error: str | None
    webhook_secret: str | None

class MadeWebhook(Model):
    """A new one, with its secret."""

    id: int
    url: str
    added_at: datetime
    waiting: int
    delivered_at: datetime | None
    error: str | None
    secret: str

class MapNow(Model):
    """How far the map is, and which one is served meanwhile."""

    state: Literal['computing', 'ready', 'failed']
    stage: Literal['', 'reading', 'placing'] = ''
    done: int = 0
    total: int = 0
    message: str = ''
    version: str
    count: int

class MapReport(Model):
    """Sounds in the plane. Of the columns, all with one entry a sound have the same order."""

    state: Literal['computing', 'ready', 'failed']
    stage: Literal['', 'reading', 'placing'] = ''
    done: int = 0
    total: int = 0
    message: str = ''
    version: str
    model: str
    method: str
    side: int = 10000
    count: int = 0
    ids: list[str] = pydantic.Field(default_factory=lambda: [])
    x: list[int] = pydantic.Field(default_factory=lambda: [])
    y: list[int] = pydantic.Field(default_factory=lambda: [])
    names: list[str] = pydantic.Field(default_factory=lambda: [])
    durations: list[float] = pydantic.Field(default_factory=lambda: [])
    categories: list[str] = pydantic.Field(default_factory=lambda: [])
    category: list[int] = pydantic.Field(default_factory=lambda: [])

class MatchedWord(Model):
    """A word of the query that is said of the sound."""

    word: str
    found: str
    field: Field

class MetadataFields(Model):
    """Metadata to set; null takes away what was set or imported, and the file's own shows again."""

    title: str | None = None
    description: str | None = None
    originator: str | None = None
    library: str | None = None
    date: str | None = None
    comment: str | None = None
    keywords: list[str] | None = None
    cat_id: str | None = None
    project: str | None = None
    scene: str | None = None
    take: str | None = None
    bpm: float | None = None
    key: str | None = None

class ModelWindows(Model):
    """How many stretches of a sound a model has embedded."""

    model: str
    count: int

class Named(Model):
    """Which sounds."""

    ids: list[str]

class NewAlert(Model):
    """An alert to make."""

    name: str
    query: AlertQuery
    threshold: float | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    file: str | None = None

class NewCollection(Model):
    """A collection to make."""

    name: str
    ids: list[str] = pydantic.Field(default_factory=lambda: [])

class NewRoot(Model):
    """A folder that is to be watched."""

    name: str | None = None
    mode: Literal['auto', 'native', 'polling'] | None = None
    interval_s: float | None = None
    ignore: list[str] | None = None
    marker: str | None = None
    paused: bool | None = None
    accept_loss: bool = False
    path: str

class NewWebhook(Model):
    """A webhook that is to be told of changes from now on."""

    url: str
    secret: str | None = None

class Phrases(Model):
    """All of these, and none of those."""

    all: list[str] = pydantic.Field(default_factory=lambda: [])
    none: list[str] = pydantic.Field(default_factory=lambda: [])

class PlacedItems(Model):
    """Sounds to put into a collection; those that it holds already move."""

    ids: list[str]
    at: int | None = None

class Problem(Model):
    """An error: ``detail`` is one sentence for a person."""

    type: str = 'about:blank'
    title: str
    status: int
    detail: str
    span: list[int] | None = None
    parts: dict[str, str] | None = None

class Query(Model):
    """What to find. Text and parts add up; filters and ``within`` only leave out."""

    text: str | None = None
    text_weight: float = 1.0
    parts: list[TextPart | ItemPart | ClipPart | EnrolledPart] = pydantic.Field(default_factory=lambda: [])
    filters: Filters = pydantic.Field(default_factory=lambda: Filters.model_validate({}))
    within: list[str] | None = None
    sort: Literal['relevance', 'name', '-name', 'duration', '-duration', 'added', '-added', 'loudness', '-loudness'] = 'relevance'
    facets: list[Literal['category', 'format', 'duration', 'folder', 'tag', 'suggested', 'sample_rate', 'channels']] = pydantic.Field(default_factory=lambda: [])
    mode: Literal['hybrid', 'dense', 'lexical'] = 'hybrid'
    combine: Literal['blend', 'each'] = 'blend'
    show_weak: bool = False
    least: float | None = None
    fold: bool = True
    diversity: float = 0.0
    limit: int = 10
    cursor: str | None = None

class Range(Model):
    """A stretch of numbers, open or closed at either end."""

    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None

class Ranking(Model):
    """Where a hit stands in one of the rankings that are fused."""

    rank: int
    contribution: float

class Readiness(Model):
    """A process that answers searches, and each of its parts."""

    status: str = 'ok'
    parts: dict[str, str]

class Reason(Model):
    """What one part of the query gave to a hit."""

    part: int
    cosine: float
    contribution: float

class Retried(Model):
    """What will be tried again."""

    files: int

class RetryRequest(Model):
    """Which files to try again: some, or all."""

    paths: list[str] = pydantic.Field(default_factory=lambda: [])
    all: bool = False

class RootChange(Model):
    """What is to be another way; what is not named stays as it is."""

    name: str | None = None
    mode: Literal['auto', 'native', 'polling'] | None = None
    interval_s: float | None = None
    ignore: list[str] | None = None
    marker: str | None = None
    paused: bool | None = None
    accept_loss: bool = False

class RootReport(Model):
    """A root, its state and what it holds."""

    id: int
    path: str
    name: str
    watched: bool
    state: Literal['online', 'offline', 'paused']
    scanning: bool
    offline_since: datetime | None
    offline_reason: str | None
    mode: Literal['auto', 'native', 'polling']
    watched_by: Literal['native', 'polling'] | None
    note: str | None
    interval_s: float | None
    ignore: list[str]
    marker: str | None
    files: int
    pending: int
    missing: int
    added_at: datetime
    scanned_at: datetime | None

RunKind = Literal['index', 'switch', 'comparison']

class SearchRequest(Model):
    """A query, and the model that it is meant for."""

    text: str | None = None
    text_weight: float = 1.0
    parts: list[TextPart | ItemPart | ClipPart | EnrolledPart] = pydantic.Field(default_factory=lambda: [])
    filters: Filters = pydantic.Field(default_factory=lambda: Filters.model_validate({}))
    within: list[str] | None = None
    sort: Literal['relevance', 'name', '-name', 'duration', '-duration', 'added', '-added', 'loudness', '-loudness'] = 'relevance'
    facets: list[Literal['category', 'format', 'duration', 'folder', 'tag', 'suggested', 'sample_rate', 'channels']] = pydantic.Field(default_factory=lambda: [])
    mode: Literal['hybrid', 'dense', 'lexical'] = 'hybrid'
    combine: Literal['blend', 'each'] = 'blend'
    show_weak: bool = False
    least: float | None = None
    fold: bool = True
    diversity: float = 0.0
    limit: int = 10
    cursor: str | None = None
    model: str | None = None

class SearchResult(Model):
    """The hits of one search, best first."""

    hits: list[Hit]
    model: str
    took_ms: float
    parts: list[TextPart | ItemPart | ClipPart | EnrolledPart] = pydantic.Field(default_factory=lambda: [])
    understood: str | None = None
    searched_as: list[SearchedAs] = pydantic.Field(default_factory=lambda: [])
    answered: bool = True
    nothing: str | None = None
    facets: Facets | None = None
    cursor: str | None = None

class SearchedAs(Model):
    """A text in another language, and what was searched in its place."""

    part: int
    language: str
    typed: str
    english: str

class Selection(Model):
    """Chosen sounds that can be fetched."""

    selection_id: str
    sounds: int
    size_bytes: int

class SoundAnalysis(Model):
    """Facts and estimates; None is what the sound does not have, and ``note`` may say why."""

    bit_rate: int | None = None
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    bpm: float | None = None
    bpm_confidence: float | None = None
    key: str | None = None
    key_confidence: float | None = None
    brightness_hz: float | None = None
    onsets: int | None = None
    sound_class: SoundClass | None = None
    note: str | None = None

class SoundChange(Model):
    """What is to change about one sound; what is not given stays."""

    tags: list[str] | None = None
    add_tags: list[str] = pydantic.Field(default_factory=lambda: [])
    remove_tags: list[str] = pydantic.Field(default_factory=lambda: [])
    favourite: bool | None = None
    note: str | None = None
    sound_id: str
    metadata: MetadataFields | None = None

SoundClass = Literal['one-shot', 'loop', 'ambience']

class SoundEdit(Model):
    """Changes to what people say of sounds; what is not given stays."""

    tags: list[str] | None = None
    add_tags: list[str] = pydantic.Field(default_factory=lambda: [])
    remove_tags: list[str] = pydantic.Field(default_factory=lambda: [])
    favourite: bool | None = None
    note: str | None = None

class SoundMetadata(Model):
    """A sound's metadata; None is what the file does not say."""

    description: str | None = None
    title: str | None = None
    originator: str | None = None
    library: str | None = None
    date: str | None = None
    comment: str | None = None
    keywords: list[str] = pydantic.Field(default_factory=lambda: [])
    category: str | None = None
    subcategory: str | None = None
    cat_id: str | None = None
    project: str | None = None
    scene: str | None = None
    take: str | None = None
    bpm: float | None = None
    key: str | None = None
    extra: dict[str, str] | None = None
    note: str | None = None

class SoundReport(Model):
    """A sound: one content, at every place where it lies, and what people say of it."""

    tags: list[str]
    favourite: bool
    note: str | None
    collections: list[CollectionName]
    sound_id: str
    state: Literal['pending', 'indexed', 'failed']
    error: str | None
    paths: list[str]
    near_duplicates: list[str]
    offline: bool
    size_bytes: int
    duration_s: float | None
    sample_rate: int | None
    channels: int | None
    bit_depth: int | None
    format: str | None
    codec: str | None
    added_at: datetime
    windows: list[ModelWindows]
    metadata: SoundMetadata | None
    imported: Imported | None
    analysis: SoundAnalysis | None
    ucs_files: list[UcsFile]
    suggestions: list[SuggestionReport]
    decisions: list[DecisionReport]

class SoundSummary(Model):
    """A sound as a list shows it."""

    sound_id: str
    path: str
    duration_s: float
    sample_rate: int
    channels: int
    format: str
    offline: bool
    category: str | None
    tags: list[str]
    favourite: bool

class SoundWindowsReport(Model):
    """The windows of a sound, in order."""

    sound_id: str
    model: str
    windows: list[WindowReport]

class SoundsEdit(Model):
    """The same changes for several sounds: all of them, or none if one is not there."""

    tags: list[str] | None = None
    add_tags: list[str] = pydantic.Field(default_factory=lambda: [])
    remove_tags: list[str] = pydantic.Field(default_factory=lambda: [])
    favourite: bool | None = None
    note: str | None = None
    ids: list[str]

class SpaceReport(Model):
    """One model's vectors, and how far they have come."""

    key: str
    model: str
    dim: int
    active: bool
    sounds: int
    lacking: int

class Stats(Model):
    """Counts over the library."""

    sounds: int
    pending: int
    files_per_s: float | None
    left_s: float | None
    failed: int
    files: int
    unreadable_files: int
    missing_files: int
    windows: int
    audio_s: float
    roots: list[str]
    model: str
    space: str

class SuggestionEdit(Model):
    """Suggestions by their values; what is accepted becomes a tag, a category its CatID."""

    accept: list[str] = pydantic.Field(default_factory=lambda: [])
    reject: list[str] = pydantic.Field(default_factory=lambda: [])
    reconsider: list[str] = pydantic.Field(default_factory=lambda: [])

class SuggestionReport(Model):
    """A category or a tag that a sound may deserve; nobody gave it."""

    kind: Literal['ucs', 'tag']
    value: str
    name: str
    strength: float

class Switch(Model):
    """A change of the library's model."""

    model: str
    keep: bool = False
    force: bool = False

class TagReport(Model):
    """A tag."""

    name: str
    sounds: int

class TextPart(Model):
    """A description, taken as it is: the grammar of the text box does not apply."""

    weight: float = 1.0
    negative: bool = False
    type: Literal['text'] = 'text'
    text: str

class ToldRun(Model):
    """A run that is under way, and whose it is."""

    run_id: str
    kind: RunKind
    model: str | None = None
    worker: str | None = None
    progress: IndexProgress

class UcsFile(Model):
    """A file whose name follows the Universal Category System."""

    path: str
    cat_id: str
    category: str
    subcategory: str
    user_category: str | None
    vendor_category: str | None
    fx_name: str | None
    creator_id: str | None
    source_id: str | None
    user_data: str | None

class UnmatchedRow(Model):
    """A row that no single sound belongs to."""

    line: int
    file: str

class WebhookReport(Model):
    """A webhook, and how it is doing."""

    id: int
    url: str
    added_at: datetime
    waiting: int
    delivered_at: datetime | None
    error: str | None

class WindowReport(Model):
    """A stretch that was embedded as one vector."""

    start_s: float
    end_s: float
    texts: list[WindowText]

class WindowText(Model):
    """A category that fits a window."""

    text: str
    cat_id: str
    score: float
    strength: float