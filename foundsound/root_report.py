"""Roots as people add, change and look at them, in the one shape that the API and the CLI share."""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root, WatchMode, Work
from foundsound.catalog.paths import contains, path_text
from foundsound.catalog.roots import root_for, roots_inside
from foundsound.client_paths import ShownPath
from foundsound.errors import InvalidRequest, NotFound
from foundsound.ignore_rules import IgnoreRules
from foundsound.mounts import choose_watch, mounts
from foundsound.user_data import NO_NUL

MIN_INTERVAL_S = 1.0
MAX_INTERVAL_S = 366 * 86400.0


class RootChange(BaseModel):
    """What is to be another way; what is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(
        default=None, min_length=1, max_length=200, pattern=NO_NUL, description="For people."
    )
    mode: Literal["auto", "native", "polling"] | None = Field(
        default=None, description="How changes are found; auto = by what the file system is."
    )
    interval_s: float | None = Field(
        default=None,
        ge=0,
        le=MAX_INTERVAL_S,
        allow_inf_nan=False,
        description="Seconds between two scans, from 1 to a year; 0 = what the settings say.",
    )
    ignore: list[Annotated[str, StringConstraints(pattern=NO_NUL)]] | None = Field(
        default=None,
        description="Patterns as in a .gitignore file, beside those that always hold.",
        examples=[["*.bak", "Renders/"]],
    )
    marker: str | None = Field(
        default=None,
        description="A path below the root that is there when its drive is; empty = none.",
    )
    paused: bool | None = Field(
        default=None, description="Nothing is looked for, and waiting files are left alone."
    )
    accept_loss: bool = Field(
        default=False,
        description="What is gone was deleted: the next scan takes it out, however much it is.",
    )


class NewRoot(RootChange):
    """A folder that is to be watched."""

    path: str = Field(
        description="Absolute path on the server's machine, or as the client's path map has it.",
        examples=["/srv/sounds"],
    )


class RootReport(BaseModel):
    """A root, its state and what it holds."""

    id: int
    path: ShownPath
    name: str
    watched: bool = Field(description="False: only index runs look at it.")
    state: Literal["online", "offline", "paused"]
    scanning: bool = Field(
        description="It is watched and at hand, and its first scan has not ended: more files will "
        "come."
    )
    offline_since: datetime | None
    offline_reason: str | None
    mode: Literal["auto", "native", "polling"] = Field(description="What was asked for.")
    watched_by: Literal["native", "polling"] | None = Field(description="What is done.")
    note: str | None = Field(description="Why so, or what went wrong.")
    interval_s: float | None = Field(description="Null: what the settings say.")
    ignore: list[str]
    marker: str | None
    files: int = Field(description="At hand, or on a drive that is off.")
    pending: int = Field(description="Of these, waiting to be looked at.")
    missing: int = Field(description="Deleted; forgotten after a while.")
    added_at: datetime
    scanned_at: datetime | None = Field(description="When the last whole scan ended.")


def add_root(session: Session, path: bytes, wanted: RootChange) -> Root:
    """Have a folder (absolute) watched from now on.

    Roots inside it become part of it, with all that is known of their files. Those that have
    settings or a drive of their own keep them, and are watched as well.

    Raises:
        InvalidRequest: there is no such folder, it lies in another root, or a setting is wrong.
    """
    if not os.path.isdir(path):
        raise InvalidRequest(f"There is no folder {path_text(path)}.")
    root = root_for(session, path)
    if root.path != path:
        raise InvalidRequest(
            f"{path_text(path)} lies in the root {path_text(root.path)}; add that one to watch "
            "all of it, or remove it first."
        )
    change_root(session, root, wanted)
    among = mounts()
    for each in (root, *roots_inside(session, path)):
        each.watched = True
        if each.watched_by is None:
            each.watched_by, each.note = choose_watch(each.path, among, each.mode)
    return root


def change_root(session: Session, root: Root, wanted: RootChange) -> None:
    """Set what is wanted.

    Raises:
        InvalidRequest: a setting is wrong; nothing is changed.
    """
    if wanted.interval_s and wanted.interval_s < MIN_INTERVAL_S:
        raise InvalidRequest(f"The interval is at least {MIN_INTERVAL_S:g} second.")
    if wanted.ignore is not None:
        root.ignored = _checked_patterns(wanted.ignore)
    if wanted.marker is not None:
        root.marker = _checked_marker(root, wanted.marker)
    if wanted.name is not None:
        _check_name(session, root, wanted.name)
        root.name = wanted.name
    if wanted.mode is not None:
        root.mode = WatchMode(wanted.mode)
    if wanted.interval_s is not None:
        root.interval_s = wanted.interval_s or None
    if wanted.paused is not None:
        root.paused = wanted.paused
    if wanted.accept_loss:
        _check_at_hand(root)
        root.accepts_loss = True
        root.mount = None


def find_root(session: Session, named: str) -> Root:
    """The root with this id, name or path.

    Raises:
        NotFound: there is none, or the name fits several.
    """
    roots = session.scalars(select(Root).order_by(Root.id)).all()
    path = os.fsencode(os.path.abspath(os.path.expanduser(named)))
    for fits in (
        [root for root in roots if str(root.id) == named],
        [root for root in roots if root.path == path],
        [root for root in roots if display_name(root) == named],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise NotFound(f"Several roots are called '{named}'; give the path of one.")
    raise NotFound(f"There is no root '{named}'; 'foundsound roots list' shows them.")


def display_name(root: Root) -> str:
    """What people call it."""
    return root.name or path_text(os.path.basename(root.path) or root.path)


def report_roots(session: Session, root_ids: Sequence[int] | None = None) -> list[RootReport]:
    """What is known of these roots, or of all."""
    query = select(Root).order_by(Root.id)
    if root_ids is not None:
        query = query.where(Root.id.in_(root_ids))
    counts = _counts(session)
    return [_report(root, *counts.get(root.id, (0, 0, 0))) for root in session.scalars(query)]


def _counts(session: Session) -> dict[int, tuple[int, int, int]]:
    there = Location.missing_since.is_(None)
    waiting = Location.work.in_((Work.PENDING, Work.LEASED))
    rows = session.execute(
        select(
            Location.root_id,
            func.count().filter(there),
            func.count().filter(there, waiting),
            func.count().filter(~there),
        ).group_by(Location.root_id)
    )
    return {root_id: (files, pending, missing) for root_id, files, pending, missing in rows}


def _report(root: Root, files: int, pending: int, missing: int) -> RootReport:
    return RootReport(
        id=root.id,
        path=path_text(root.path),
        name=display_name(root),
        watched=root.watched,
        state=_state(root),
        scanning=root.watched and root.scanned_at is None and _state(root) == "online",
        offline_since=root.offline_since,
        offline_reason=root.offline_reason,
        mode=root.mode.value,
        watched_by=root.watched_by if root.watched else None,
        note=root.note,
        interval_s=root.interval_s,
        ignore=root.ignored.splitlines(),
        marker=None if root.marker is None else path_text(root.marker),
        files=files,
        pending=pending,
        missing=missing,
        added_at=root.added_at,
        scanned_at=root.scanned_at,
    )


def _state(root: Root) -> Literal["online", "offline", "paused"]:
    if root.paused:
        return "paused"
    return "online" if root.offline_since is None else "offline"


def _check_at_hand(root: Root) -> None:
    # No scan of a root that is not there ends: the leave would wait for an empty mount point.
    path = path_text(root.path)
    if not os.path.isdir(root.path):
        raise InvalidRequest(
            f"There is no folder {path}. A loss is accepted where the folder is there and its "
            "files are gone; bring the folder back, or remove the root."
        )
    if root.marker is not None and not os.path.lexists(os.path.join(root.path, root.marker)):
        raise InvalidRequest(
            f"The marker {path_text(root.marker)} is not in {path}, so it counts as offline "
            "whatever is accepted; bring it back, or take the marker off first."
        )


def _checked_patterns(lines: Sequence[str]) -> str:
    if any("\n" in line or "\r" in line for line in lines):
        raise InvalidRequest("An ignore pattern is one line.")
    patterns = "\n".join(lines)
    IgnoreRules(patterns)
    return patterns


def _checked_marker(root: Root, marker: str) -> bytes | None:
    if not marker:
        return None
    path = os.path.normpath(os.path.join(root.path, os.fsencode(marker)))
    if not contains(root.path, path) or path == root.path:
        raise InvalidRequest(f"The marker '{marker}' does not lie below {path_text(root.path)}.")
    if not os.path.lexists(path):
        raise InvalidRequest(f"There is no {path_text(path)}; a marker lies on the drive.")
    return os.path.relpath(path, root.path)


def _check_name(session: Session, root: Root, name: str) -> None:
    for other in session.scalars(select(Root)):
        if other is not root and display_name(other) == name:
            raise InvalidRequest(f"The root {path_text(other.path)} is called '{name}' already.")
