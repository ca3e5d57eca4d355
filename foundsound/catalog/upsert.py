"""Inserts that are safe with several writers, in the two dialects that we speak."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foundsound.catalog.models import Base


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
    columns = {name: inspect(entity).columns[name] for name in rows[0]}
    statement = dialect_insert(session, entity.__table__)
    changed = {
        column.name: statement.excluded[column.name]
        for column in columns.values()
        if not column.primary_key
    }
    keys = [column.name for column in inspect(entity).primary_key]
    statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    named = [{columns[name].name: value for name, value in row.items()} for row in rows]
    session.connection().execute(statement, named)


def dialect_insert(session: Session, entity: Any) -> Any:
    """An INSERT that has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    # Two classes with the same methods and no common type that has them.
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(entity)
    return sqlite.insert(entity)
