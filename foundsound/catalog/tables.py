"""Entities' tables, for statements that need nothing of the ORM, built once: most of their cost."""

from typing import cast

from sqlalchemy import Table

from foundsound.catalog.models import Base


def table_of(entity: type[Base]) -> Table:
    """What SQLAlchemy types as any FROM clause."""
    return cast(Table, entity.__table__)
