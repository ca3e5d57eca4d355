"""The catalogue's tables: the one source of truth about what the library holds."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def utc_now() -> datetime:
    """The time as every row stores it."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC; SQLite forgets zones, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """In UTC, whatever zone the database answers in."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Metadata of all tables: 64-bit integers, and names for every constraint."""

    type_annotation_map: ClassVar = {int: BigInteger().with_variant(Integer, "sqlite")}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _unique(*columns: str) -> UniqueConstraint:
    # PostgreSQL has an index on the SHA-256 of a path instead, see migration 0001: an insert that
    # may conflict names no columns.
    return UniqueConstraint(*columns).ddl_if(dialect="sqlite")


class SoundState(StrEnum):
    """Where a sound stands on its way into the index."""

    PENDING = "pending"  # known by its hash, not embedded yet
    INDEXED = "indexed"  # its vectors are in the index; SoundWindows says in which spaces
    FAILED = "failed"  # its content is no usable audio; ``error`` says why


class WatchMode(StrEnum):
    """How changes below a root are to be found."""

    AUTO = "auto"  # by what its file system is
    NATIVE = "native"  # the system tells of them
    POLLING = "polling"  # by looking again and again


WatchedBy = Literal["native", "polling"]


class Work(StrEnum):
    """What the file at a location needs."""

    PENDING = "pending"  # to be looked at, from ``due_at`` on
    LEASED = "leased"  # a worker has it in hand; when ``due_at`` passes, it is work again
    SETTLED = "settled"  # nothing, unless it changes
    FAILED = "failed"  # in quarantine, ``error`` says why; until it changes or is retried


class Priority(IntEnum):
    """Which work comes first: the higher number."""

    BACKGROUND = 0  # tried again, or embedded for another model
    NEW = 1  # what a scan or a watcher found
    USER = 2  # somebody waits for it


class Root(Base):
    """A folder tree the user told us about."""

    __tablename__ = "roots"
    __table_args__ = (_unique("path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[bytes] = mapped_column(LargeBinary)  # absolute, as the system has it
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    # What the user wants of it.
    name: Mapped[str | None]  # none: the last part of its path
    watched: Mapped[bool] = mapped_column(default=False)  # or looked at by index runs alone
    mode: Mapped[WatchMode] = mapped_column(
        Enum(
            WatchMode, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]
        ),
        default=WatchMode.AUTO,
    )
    interval_s: Mapped[float | None]  # between two scans; none: what the settings say
    ignored: Mapped[str] = mapped_column(default="")  # lines as in a .gitignore file
    marker: Mapped[bytes | None] = mapped_column(LargeBinary)  # relative; there when it is online
    paused: Mapped[bool] = mapped_column(default=False)
    accepts_loss: Mapped[bool] = mapped_column(default=False)  # the next scan may take any loss

    # What watching and scanning found.
    watched_by: Mapped[WatchedBy | None] = mapped_column(String(16))  # in fact
    note: Mapped[str | None]  # why so, or what went wrong: a sentence
    mount: Mapped[bytes | None] = mapped_column(LargeBinary)  # the mount point it lay on; none: "/"
    offline_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offline_reason: Mapped[str | None]
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to the end


class RootMount(Base):
    """Another file system mounted inside a root; one that is unplugged takes no sound with it."""

    __tablename__ = "root_mounts"

    root_id: Mapped[int] = mapped_column(
        ForeignKey("roots.id", ondelete="CASCADE"), primary_key=True
    )
    # What lies on it: raw_path <= path < below_end. It ends in "/", below_end in "0".
    raw_path: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    below_end: Mapped[bytes] = mapped_column(LargeBinary)
    offline_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


STALE_WORDS = text("words_written != words_changed")


class Sound(Base):
    """One audio content, whatever it is called and wherever it lies."""

    __tablename__ = "sounds"
    __table_args__ = (
        Index(
            "ix_sounds_stale_words",
            "id",
            sqlite_where=STALE_WORDS,
            postgresql_where=STALE_WORDS,
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # content hash, see identity.py
    size: Mapped[int] = mapped_column("size_bytes")
    state: Mapped[SoundState] = mapped_column(
        Enum(
            SoundState, native_enum=False, length=16, values_callable=lambda e: [s.value for s in e]
        ),
        default=SoundState.PENDING,
        index=True,
    )
    error: Mapped[str | None]
    duration_s: Mapped[float | None]
    sample_rate: Mapped[int | None]
    channels: Mapped[int | None]
    format: Mapped[str | None]
    codec: Mapped[str | None]
    bit_depth: Mapped[int | None]  # bits a sample; none where the coding is lossy
    # What is said of it changed so often; the words of which change stand in the lexical index.
    words_changed: Mapped[int] = mapped_column(default=1, server_default="1")
    words_written: Mapped[int] = mapped_column(default=0, server_default="0")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # The location through which it is being embedded, as long as that one is leased.
    embedded_from: Mapped[int | None]

    locations: Mapped[list["Location"]] = relationship(back_populates="sound")


OPEN_WORK = "due_at IS NOT NULL AND missing_since IS NULL"
QUARANTINED = "work = 'failed' AND missing_since IS NULL"


class Location(Base):
    """One path at which a file lies: (root, relative path)."""

    __tablename__ = "locations"
    __table_args__ = (
        _unique("root_id", "raw_path"),
        Index(
            "ix_locations_tombstones",
            "missing_since",
            sqlite_where=text("missing_since IS NOT NULL"),
            postgresql_where=text("missing_since IS NOT NULL"),
        ),
        # Holds open work only, and serves a claim in order: see catalog/queue.py.
        Index(
            "ix_locations_queue",
            "work_space",
            "priority",
            "due_at",
            "id",
            sqlite_where=text(OPEN_WORK),
            postgresql_where=text(OPEN_WORK),
        ),
        Index(
            "ix_locations_formerly",
            "formerly",
            sqlite_where=text("formerly IS NOT NULL"),
            postgresql_where=text("formerly IS NOT NULL"),
        ),
        Index(
            "ix_locations_quarantined",
            "attempts",
            sqlite_where=text(QUARANTINED),
            postgresql_where=text(QUARANTINED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[int] = mapped_column(ForeignKey("roots.id", ondelete="CASCADE"))
    raw_path: Mapped[bytes] = mapped_column(LargeBinary)  # relative; the bytes that open the file
    path: Mapped[str]  # the same for people and for matching: NFC, undecodable bytes as \xNN
    size: Mapped[int] = mapped_column("size_bytes")
    mtime_ns: Mapped[int]
    sound_id: Mapped[str | None] = mapped_column(ForeignKey("sounds.id"), index=True)
    formerly: Mapped[str | None]  # the sound that a changed file was, until it is read again
    # Of the file's name, by UCS; the sound's own metadata may say another one.
    cat_id: Mapped[str | None] = mapped_column(String(16), index=True)
    error: Mapped[str | None]  # why it is in quarantine, or why the last attempt came to nothing
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the file, as 64 bits with sign: by them a renamed file is known without being read.
    device: Mapped[int | None]
    inode: Mapped[int | None] = mapped_column(index=True)

    # The queue: see catalog/queue.py.
    work: Mapped[Work] = mapped_column(
        Enum(Work, native_enum=False, length=16, values_callable=lambda e: [w.value for w in e]),
        default=Work.PENDING,
    )
    work_space: Mapped[int] = mapped_column(default=0)  # a space to fill; 0: the active one
    priority: Mapped[int] = mapped_column(default=Priority.BACKGROUND)
    attempts: Mapped[int] = mapped_column(default=0)  # that came to nothing, one after another
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=utc_now)
    lease_owner: Mapped[str | None] = mapped_column(String(128))

    root: Mapped[Root] = relationship()
    sound: Mapped[Sound | None] = relationship(back_populates="locations")


class StoredMetadata(Base):
    """What a sound's file says of it; absent until it is read. See foundsound/metadata."""

    __tablename__ = "sound_metadata"
    __table_args__ = (Index(None, "category", postgresql_using="hash"),)

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int]  # of the reader
    description: Mapped[str | None]
    title: Mapped[str | None]
    originator: Mapped[str | None]
    library: Mapped[str | None]
    date: Mapped[str | None]
    comment: Mapped[str | None]
    keywords: Mapped[str | None]  # joined by "; "
    category: Mapped[str | None]
    subcategory: Mapped[str | None]
    cat_id: Mapped[str | None] = mapped_column(String(16), index=True)
    project: Mapped[str | None]
    scene: Mapped[str | None]
    take: Mapped[str | None]
    bpm: Mapped[float | None]
    key: Mapped[str | None] = mapped_column("musical_key")
    extra: Mapped[dict[str, str]] = mapped_column(JSON)
    note: Mapped[str | None]
    # All that the file itself says, where imported metadata stands in the fields above.
    replaced: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ImportedMetadata(Base):
    """What a librarian's table says of a sound, kept however often its file is read again."""

    __tablename__ = "imported_metadata"

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[str]  # the table's file name
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)  # of SoundMetadata, those that were filled


class StoredAnalysis(Base):
    """What is measured of a sound; absent until it is analysed. See foundsound/analysis."""

    __tablename__ = "sound_analysis"

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int]  # of the analysis
    bit_rate: Mapped[int | None]  # bits/s
    loudness_lufs: Mapped[float | None]
    true_peak_dbtp: Mapped[float | None]
    bpm: Mapped[float | None]
    bpm_confidence: Mapped[float | None]
    key: Mapped[str | None] = mapped_column("musical_key", String(4))
    key_confidence: Mapped[float | None]
    brightness_hz: Mapped[float | None]
    onsets: Mapped[int | None]
    sound_class: Mapped[str | None] = mapped_column(String(16), index=True)
    note: Mapped[str | None]


class StoredFingerprint(Base):
    """By what near-duplicates know each other; a table of its own, because it is large."""

    __tablename__ = "sound_fingerprints"

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    audible_s: Mapped[float]
    compared: Mapped[bool] = mapped_column(index=True)  # with all sounds that were there by then
    data: Mapped[bytes] = mapped_column(LargeBinary)


class NearDuplicate(Base):
    """Two sounds that are one to the ear; the smaller id comes first."""

    __tablename__ = "near_duplicates"

    sound_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[str] = mapped_column(
        ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    similarity: Mapped[float]  # cosine of their vectors
    agreement: Mapped[float]  # of their fingerprints, 0.5 (chance) to 1


class Space(Base):
    """An embedding space: everything that decides what a vector is."""

    __tablename__ = "spaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # pipeline version
    model: Mapped[str]
    dim: Mapped[int]
    active: Mapped[bool]  # the space of the last complete index run
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nobody wants its vectors


class SoundWindows(Base):
    """How many vectors a sound has in a space: enough to name every point it owns."""

    __tablename__ = "sound_windows"

    sound_id: Mapped[str] = mapped_column(ForeignKey("sounds.id"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), primary_key=True, index=True)
    count: Mapped[int] = mapped_column("window_count")
    indexed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class StoredCalibration(Base):
    """What unlike things score in a space; see foundsound/embedding/calibration.py."""

    __tablename__ = "space_calibrations"

    space_id: Mapped[int] = mapped_column(
        ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[int]  # of how it was measured
    text_mean: Mapped[float]
    text_deviation: Mapped[float]
    audio_mean: Mapped[float]
    audio_deviation: Mapped[float]
    references: Mapped[bytes] = mapped_column("reference_vectors")  # float16 [32, dim], little end
