import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from foundsound.catalog.database import FILE_NAME, HEAD, Catalog
from foundsound.catalog.models import Base, Root
from foundsound.errors import LibraryError


def test_head_names_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", "foundsound:catalog/migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    Catalog(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / FILE_NAME}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_it_is_in_wal_mode_and_holds_its_foreign_keys(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    with catalog.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    catalog.close()


def test_a_write_is_whole_or_not_at_all(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)

    def fail_midway() -> None:
        with catalog.write() as session:
            session.add(Root(path=b"/a"))
            session.flush()
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        fail_midway()
    with catalog.read() as session:
        assert session.query(Root).count() == 0
    catalog.close()


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)

    def write(name: int) -> None:
        for k in range(20):
            with catalog.write() as session:
                count = session.query(Root).count()  # a read first: the case that used to fail
                session.add(Root(path=f"/{name}/{k}/{count}".encode()))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with catalog.read() as session:
        assert session.query(Root).count() == 80
    catalog.close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    Catalog(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(LibraryError, match="newer foundsound"):
        Catalog(tmp_path)


def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is not a database, but it is long enough" * 50)
    with pytest.raises(LibraryError, match="cannot be opened"):
        Catalog(tmp_path)


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    errors: list[Exception] = []

    def open_it() -> None:
        try:
            Catalog(tmp_path).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
