"""Roots that are online or offline, and the mounts inside them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root, RootMount, WatchedBy, utc_now


@dataclass(frozen=True, slots=True)
class RootSettings:
    """What a scan or a watcher needs to know of a root."""

    id: int
    path: bytes
    watched: bool
    paused: bool
    mode: str
    interval_s: float | None
    ignored: str
    marker: bytes | None
    mount: bytes | None
    accepts_loss: bool


def root_settings(session: Session, root_id: int) -> RootSettings | None:
    """The root as it is in the catalogue; None when it was removed."""
    root = session.get(Root, root_id)
    return None if root is None else _settings(root)


def watched_roots(session: Session) -> list[RootSettings]:
    """The roots that are to be watched now."""
    rows = session.scalars(select(Root).where(Root.watched, ~Root.paused).order_by(Root.id))
    return [_settings(root) for root in rows]


def files_at_hand(session: Session, root_id: int, at_most: int | None = None) -> int:
    """Files of a root that are not tombstones; the count ends at ``at_most``."""
    there = select(Location.id)
    there = there.where(Location.root_id == root_id, Location.missing_since.is_(None))
    query = select(func.count()).select_from(there.limit(at_most).subquery())
    return session.scalar(query) or 0


def set_offline(session: Session, root_id: int, reason: str) -> None:
    """Its files cannot be reached: they stay in the library, and workers leave them alone.

    A loss that was accepted was of another state: it must not meet an empty mount point later.
    """
    session.execute(
        update(Root)
        .where(Root.id == root_id)
        .values(
            offline_since=func.coalesce(Root.offline_since, utc_now()),
            offline_reason=reason,
            accepts_loss=False,
        )
    )


def set_online(session: Session, root_id: int, mount: bytes | None) -> None:
    """Its files were seen to be there."""
    session.execute(
        update(Root)
        .where(Root.id == root_id)
        .values(offline_since=None, offline_reason=None, mount=mount)
    )


def end_scan(session: Session, root_id: int) -> None:
    """The whole root was looked at; a loss that was accepted is written down."""
    session.execute(
        update(Root).where(Root.id == root_id).values(scanned_at=utc_now(), accepts_loss=False)
    )


def tell_watch(session: Session, root_id: int, watched_by: WatchedBy | None, note: str) -> None:
    """How a root is watched in fact, and why so."""
    session.execute(update(Root).where(Root.id == root_id).values(watched_by=watched_by, note=note))


def note_mounts(session: Session, root_id: int, present: Collection[bytes]) -> set[bytes]:
    """Compare the mounts inside a root with those that were there; returns the lost ones.

    Args:
        present: where something is mounted now, relative to the root.
    """
    known = {
        mount.raw_path.removesuffix(b"/"): mount
        for mount in session.scalars(select(RootMount).where(RootMount.root_id == root_id))
    }
    lost = set()
    for raw_path in present:
        if raw_path not in known:
            session.add(
                RootMount(root_id=root_id, raw_path=raw_path + b"/", below_end=raw_path + b"0")
            )
    for raw_path, mount in known.items():
        if raw_path in present:
            mount.offline_since = None
        elif _holds_files(session, mount):
            lost.add(raw_path)
            mount.offline_since = mount.offline_since or utc_now()
        else:
            session.delete(mount)
    return lost


def forget_mounts(session: Session, root_id: int) -> None:
    """What was on mounts that are lost is to be taken for deleted."""
    session.execute(delete(RootMount).where(RootMount.root_id == root_id))


def _holds_files(session: Session, mount: RootMount) -> bool:
    there = select(Location.id).where(
        Location.root_id == mount.root_id,
        Location.raw_path >= mount.raw_path,
        Location.raw_path < mount.below_end,
        Location.missing_since.is_(None),
    )
    return session.scalar(there.limit(1)) is not None


def _settings(root: Root) -> RootSettings:
    return RootSettings(
        id=root.id,
        path=root.path,
        watched=root.watched,
        paused=root.paused,
        mode=root.mode,
        interval_s=root.interval_s,
        ignored=root.ignored,
        marker=root.marker,
        mount=root.mount,
        accepts_loss=root.accepts_loss,
    )
