"""Inserts that are safe with several writers, in the two dialects that we speak."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foundsound.catalog.models import Base
from foundsound.catalog.tables import table_of


def insert_missing(session: Session, entity: type[Base], **values: Any) -> bool:
    """Add a row; one that is there already, by any of its unique keys, stays as it is.

    Returns:
        True when it was added.
    """
    key = inspect(entity).primary_key[0]
    insert = dialect_insert(session, entity).values(**values).on_conflict_do_nothing()
    return session.execute(insert.returning(key)).first() is not None


def insert_missing_rows(
    session: Session, entity: type[Base], rows: Sequence[dict[str, Any]]
) -> None:
    """The same for many rows, by the names of their columns; each has all that have no default."""
    if rows:
        statement = dialect_insert(session, entity.__table__).on_conflict_do_nothing()
        session.connection().execute(statement, rows)


def upsert(session: Session, entity: type[Base], **values: Any) -> None:
    """Add a row; one with the same primary key takes the values instead."""
    upsert_rows(session, entity, [values])


def upsert_rows(session: Session, entity: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """The same for many rows, all with values for the same attributes."""
    if not rows:
        return
    names = tuple(inspect(entity).columns[name].name for name in rows[0])
    statement = _upsert(session.get_bind().dialect.name, entity, names)
    named = [dict(zip(names, map(row.__getitem__, rows[0]), strict=True)) for row in rows]
    session.connection().execute(statement, named)


def dialect_insert(session: Session, entity: Any) -> Any:
    """An INSERT that has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return _insert(session.get_bind().dialect.name, entity)


@lru_cache(maxsize=64)  # putting it together costs more than writing a row
def _upsert(dialect: str, entity: type[Base], columns: tuple[str, ...]) -> Any:
    table = table_of(entity)
    statement = _insert(dialect, table)
    changed = {
        name: statement.excluded[name] for name in columns if not table.columns[name].primary_key
    }
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(dialect: str, entity: Any) -> Any:
    # Two classes with the same methods and no common type that has them.
    return (postgresql if dialect == "postgresql" else sqlite).insert(entity)
