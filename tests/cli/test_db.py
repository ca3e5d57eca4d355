"""``foundsound db``: what the schema is, and bringing it up to date."""

from dataclasses import replace

import pytest

from foundsound.catalog.database import FILE_NAME, HEAD
from tests.catalog.test_upgrade import make_old
from tests.postgres_server import PostgresServer
from tests.process import Cli


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_empty_database_is_made_once_by_all_who_come(
    cli: Cli, database: str, postgres_server: PostgresServer
) -> None:
    name = postgres_server.create_database()
    if database == "postgresql":
        cli = replace(cli, variables={"FOUNDSOUND_DATABASE_URL": postgres_server.url(name)})
    try:
        assert cli.json("db", "current") == {"schema": None, "newest": HEAD}
        assert not cli.data_dir.exists()  # it was only asked
        upgrading = [cli.start("db", "upgrade") for _ in range(3)]
        told = [process.communicate(timeout=240) for process in upgrading]
        assert [errors for _, errors in told] == [""] * 3
        assert all(f"schema {HEAD}" in printed for printed, _ in told)
        assert any("was made" in printed for printed, _ in told)
        assert cli.json("db", "current") == {"schema": HEAD, "newest": HEAD}
        assert "already" in cli.run("db", "upgrade").stdout
    finally:
        postgres_server.drop_database(name)


def test_an_old_catalogue_is_told_of_and_upgraded(cli: Cli) -> None:
    cli.data_dir.mkdir()
    make_old(cli.data_dir / FILE_NAME, "0008")
    told = cli.run("db", "current")
    assert "schema    0008" in told.stdout
    assert "foundsound db upgrade" in told.stderr
    assert f"from schema 0008 to {HEAD}" in cli.run("db", "upgrade").stdout
    told = cli.run("db", "current")
    assert f"schema    {HEAD}" in told.stdout
    assert told.stderr == ""


def test_a_database_that_is_away_is_told_in_a_sentence(cli: Cli) -> None:
    away = {"FOUNDSOUND_DATABASE_URL": "postgresql://ada:secret@127.0.0.1:1/sounds"}
    for command in ("current", "upgrade"):
        done = cli.run("db", command, **away)
        assert done.returncode == 2
        assert "cannot be used now" in done.stderr
        assert "secret" not in done.stderr
        assert "Traceback" not in done.stderr
