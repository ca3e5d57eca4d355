"""Files that failed and were changed since, found before anybody scans their folder."""

import os
from collections.abc import Sequence

from sqlalchemy import false, or_, select

from foundsound.catalog.database import Catalog
from foundsound.catalog.locations import Queued, SeenFile, mark_changed, seen_file
from foundsound.catalog.models import Location, Priority, Root
from foundsound.catalog.quarantine import FAILED
from foundsound.catalog.scope import Scope


def notice_mended(catalog: Catalog, scopes: Sequence[Scope] | None = None) -> int:
    """Queue failed files whose size or time has changed, with what they are now.

    A retry alone would compare such a file with what it was, and take it for one that is still
    being written, until a scan; folders that are not watched may not be scanned for long.

    Args:
        scopes: where they lie; None: anywhere.

    Returns:
        How many there are.
    """
    where = list(FAILED)
    if scopes is not None:
        where.append(or_(false(), *(scope.holds() for scope in scopes)))
    query = (
        select(Location.id, Root.path, Location.raw_path, Location.size, Location.mtime_ns)
        .join(Root, Root.id == Location.root_id)
        .where(*where)
    )
    with catalog.read() as session:
        failed = session.execute(query).all()
    changed: list[tuple[int, SeenFile]] = []
    for id_, root, raw, size, mtime_ns in failed:
        try:
            status = os.stat(os.path.join(root, raw))
        except OSError:
            continue  # away, or not ours to read: the retry tells
        if (status.st_size, status.st_mtime_ns) != (size, mtime_ns):
            changed.append((id_, seen_file(raw, status)))
    if changed:
        with catalog.write() as session:
            mark_changed(session, changed, Queued(0, Priority.USER))
    return len(changed)
