"""Finds locations by their paths, through the index that each database has on them."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location


def lies_at(session: Session, raw_paths: Sequence[bytes]) -> ColumnElement[bool]:
    """Condition on Location, beside one on its root: it lies at one of these paths.

    PostgreSQL's unique index holds hashes, because paths may be longer than an index's entries; a
    thousand paths compared one by one with 20,000 rows took it 4 s.
    """
    if session.get_bind().dialect.name == "postgresql":
        return func.sha256(Location.raw_path).in_([sha256(path).digest() for path in raw_paths])
    return Location.raw_path.in_(raw_paths)
