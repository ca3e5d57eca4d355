import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from foundsound.catalog.database import FILE_NAME, HEAD, Catalog
from foundsound.catalog.locations import SeenFile, add_files
from foundsound.catalog.models import Base, Location, Root
from foundsound.catalog.scope import Scope
from foundsound.errors import LibraryError
from tests.databases import both_databases, on_sqlite
from tests.postgres_server import PostgresServer


def test_head_names_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", "foundsound:catalog/migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


@both_databases
def test_migrations_make_what_the_models_say(catalog: Catalog) -> None:
    with catalog.read() as session:
        opts = {"compare_type": False, "include_object": _is_the_same_everywhere}
        context = MigrationContext.configure(session.connection(), opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def _is_the_same_everywhere(_: object, name: str | None, *__: object) -> bool:
    # How paths are unique: SQLite's way stands in the models, PostgreSQL's in migration 0001.
    return name not in {
        "uq_roots_path",
        "uq_locations_root_id_raw_path",
        "ix_locations_raw_path",
        "ix_locations_root_id_raw_path_start",
    }


@on_sqlite
def test_it_is_in_wal_mode_and_holds_its_foreign_keys(catalog: Catalog) -> None:
    with catalog.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


@both_databases
def test_a_write_is_whole_or_not_at_all(catalog: Catalog) -> None:
    def fail_midway() -> None:
        with catalog.write() as session:
            session.add(Root(path=b"/a"))
            session.flush()
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        fail_midway()
    with catalog.read() as session:
        assert session.query(Root).count() == 0


@both_databases
def test_writers_wait_for_each_other(catalog: Catalog) -> None:
    def write() -> None:
        for _ in range(20):
            with catalog.write(alone=True) as session:
                count = session.query(Root).count()  # a read first: the case that used to fail
                session.add(Root(path=f"/{count}".encode()))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with catalog.read() as session:
        assert set(session.scalars(select(Root.path))) == {b"/%d" % n for n in range(80)}


@both_databases
def test_a_read_sees_one_moment(catalog: Catalog) -> None:
    with catalog.read() as session:
        assert session.query(Root).count() == 0
        with catalog.write() as writing:
            writing.add(Root(path=b"/a"))
        assert session.query(Root).count() == 0
    with catalog.read() as session:
        assert session.query(Root).count() == 1


@both_databases
def test_a_path_may_be_as_long_as_a_system_allows(catalog: Catalog) -> None:
    folder = b"/".join(b"%d-" % n + os.urandom(100).hex().encode() for n in range(19))
    names = [folder + b"/" + name for name in (b"a.wav", b"b.wav", b"c/d.wav")]
    with catalog.write() as session:
        session.add(Root(id=1, path=b"/" + folder))
        session.flush()
        add_files(session, 1, [SeenFile(name, 1, 2) for name in [*names, folder + b"0.wav"]])
    with catalog.read() as session:
        below = select(Location.raw_path).order_by(Location.raw_path)
        assert session.scalars(below.where(Scope(1, folder).holds())).all() == names
        assert session.scalars(below.where(Scope(1, folder + b"/c").holds())).all() == names[2:]
        assert session.scalars(below.where(Scope(1, names[0]).holds())).all() == names[:1]
        assert len(session.scalars(below.where(Scope(1).holds())).all()) == 4
    twice = Location(root_id=1, path="", size=1, mtime_ns=1, raw_path=names[0])
    for again in (twice, Root(path=b"/" + folder)):
        with pytest.raises(IntegrityError), catalog.write() as session:
            session.add(again)


@both_databases
def test_a_newer_schema_is_refused(
    catalog: Catalog, tmp_path: Path, database_url: str | None
) -> None:
    with catalog.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LibraryError, match="newer foundsound"):
        Catalog(tmp_path, database_url)


def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is not a database, but it is long enough" * 50)
    with pytest.raises(LibraryError, match="cannot be opened"):
        Catalog(tmp_path)


OPEN = "import sys; from foundsound.catalog.database import Catalog; from pathlib import Path; "
OPEN += "Catalog(Path(sys.argv[1]), *sys.argv[2:]).close()"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_processes_that_start_together_migrate_once(
    database: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    arguments = [str(tmp_path)]
    name = postgres_server.create_database()
    if database == "postgresql":
        arguments.append(postgres_server.url(name))
    try:
        opening = [
            subprocess.Popen([sys.executable, "-c", OPEN, *arguments], stderr=subprocess.PIPE)
            for _ in range(4)
        ]
        for process in opening:
            _, errors = process.communicate(timeout=240)
            assert (process.returncode, errors.decode()) == (0, "")
    finally:
        postgres_server.drop_database(name)
