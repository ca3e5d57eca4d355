from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, column, select, table
from sqlalchemy.exc import DBAPIError

from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Root, Sound, SoundState, StoredAnalysis
from foundsound.catalog.prepared import IDS, Prepared
from tests.databases import both_databases

ADDED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
STATEMENT = (
    select(
        Sound.id,
        Sound.duration_s,
        Sound.added_at,
        Sound.error.is_not(None),
        Sound.state,
        StoredAnalysis.loudness_lufs,
    )
    .outerjoin(StoredAnalysis, StoredAnalysis.sound_id == Sound.id)
    .where(
        Sound.id.in_(bindparam(IDS, expanding=True)),
        Sound.state.in_([SoundState.INDEXED, SoundState.PENDING]),
        Sound.id.like("%0%"),
    )
    .order_by(Sound.id)
)


@both_databases
def test_rows_are_those_that_sqlalchemy_gives(catalog: Catalog) -> None:
    ids = [f"{number:032x}" for number in range(9)]
    with catalog.write() as session:
        for number, id_ in enumerate(ids):
            state = SoundState.FAILED if number == 3 else SoundState.INDEXED
            fields = {"duration_s": number / 4, "error": "broken" if number % 2 else None}
            session.add(Sound(id=id_, size=1, state=state, added_at=ADDED, **fields))
        session.flush()
        session.add(StoredAnalysis(sound_id=ids[1], version=1, loudness_lufs=-23.5))
    prepared = Prepared(STATEMENT)
    for asked in (ids, ids[:1], ids[:3], ids[2:7], [*ids, "f" * 32]):
        with catalog.rows() as connection:
            found = [tuple(row) for row in prepared.rows(connection, asked)]
            expected = [tuple(row) for row in connection.execute(STATEMENT, {IDS: asked})]
        assert found == expected
        assert len(found) == len(set(asked) - {ids[3], "f" * 32})
    assert expected[1] == (ids[1], 0.25, ADDED, True, SoundState.INDEXED, -23.5)


def test_nothing_asked_is_nothing_found(catalog: Catalog) -> None:
    with catalog.rows() as connection:
        assert prepared_roots().rows(connection, []) == []


@both_databases
def test_a_failure_is_sqlalchemys(catalog: Catalog) -> None:
    absent = table("absent", column("id"))
    prepared = Prepared(select(absent.c.id).where(absent.c.id.in_(bindparam(IDS, expanding=True))))
    with pytest.raises(DBAPIError, match="absent"), catalog.rows() as connection:
        prepared.rows(connection, [1])
    with catalog.rows() as connection:
        assert prepared_roots().rows(connection, [1]) == []


def prepared_roots() -> Prepared:
    return Prepared(select(Root.path).where(Root.id.in_(bindparam(IDS, expanding=True))))
