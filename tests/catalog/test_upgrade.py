"""A library that an earlier foundsound made is brought up to date where it lies."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select

from foundsound.catalog.database import FILE_NAME, HEAD, Catalog
from foundsound.catalog.metadata import metadata_of, undescribed_files
from foundsound.catalog.models import Location, Sound, utc_now
from foundsound.catalog.queue import claim
from foundsound.catalog.sounds import sounds_by_id
from foundsound.catalog.spaces import windows_of

ROWS = """
INSERT INTO roots VALUES (1, CAST('/lib' AS BLOB), '2025-01-02 03:04:05.000000');
INSERT INTO spaces VALUES (1, 'k', 'starter', 512, 1, '2025-01-02 03:04:05.000000');
INSERT INTO sounds VALUES
  ('a', 10, 'indexed', NULL, 1.5, 48000, 2, 'WAV', 'PCM_24', '2025-01-02 03:04:05.000000'),
  ('b', 20, 'indexed', NULL, 2.5, 44100, 1, 'OGG', 'VORBIS', '2025-01-02 03:04:05.000000'),
  ('c', 30, 'failed', 'No audio.', NULL, NULL, NULL, NULL, NULL, '2025-01-02 03:04:05.000000');
INSERT INTO locations VALUES
  (1, 1, CAST('d/doorwood_slam.wav' AS BLOB), 'd/doorwood_slam.wav', 10, 7, 'a', NULL, NULL),
  (2, 1, CAST('rain.ogg' AS BLOB), 'rain.ogg', 20, 8, 'b', NULL, NULL),
  (3, 1, CAST('AMBPark_x.wav' AS BLOB), 'AMBPark_x.wav', 30, 9, 'c', NULL, NULL);
INSERT INTO sound_windows VALUES ('a', 1, 2, '2025-01-02 03:04:05.000000');
"""


def make_old(path: Path, revision: str) -> None:
    """A catalogue with the schema of ``revision``."""
    config = Config()
    config.set_main_option("script_location", "foundsound:catalog/migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    with connection:
        yield connection
    connection.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    make_old(tmp_path / FILE_NAME, "0001")
    with raw(tmp_path / FILE_NAME) as connection:
        connection.executescript(ROWS)
    return tmp_path


def test_a_0001_catalogue_keeps_its_rows_and_learns_what_they_tell(old: Path) -> None:
    catalog = Catalog(old)
    with catalog.read() as session:
        sounds = sounds_by_id(session, ["a", "b", "c"])
        assert [sounds[id_].bit_depth for id_ in "abc"] == [24, None, None]
        assert sounds["a"].paths == (b"/lib/d/doorwood_slam.wav",)
        assert sounds["c"].error == "No audio."
        assert windows_of(session, "a") == [("starter", 2)]
        named = session.execute(select(Location.id, Location.cat_id).order_by(Location.id)).all()
        assert [tuple(row) for row in named] == [(1, "DOORWood"), (2, None), (3, "AMBPark")]
    catalog.close()
    with raw(old / FILE_NAME) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


def test_what_was_indexed_before_lacks_metadata(old: Path) -> None:
    catalog = Catalog(old)
    with catalog.read() as session:
        files = undescribed_files(session)
        assert [(at.sound_id, at.path) for at in files] == [
            ("a", b"/lib/d/doorwood_slam.wav"),
            ("b", b"/lib/rain.ogg"),
        ]
        assert metadata_of(session, "a") is None
    catalog.close()


def test_what_was_unfinished_is_work_and_nothing_is_embedded_again(old: Path) -> None:
    with raw(old / FILE_NAME) as connection:
        connection.executescript("""
            INSERT INTO spaces VALUES (2, 'k2', 'other', 8, 0, '2025-01-02 03:04:05.000000');
            INSERT INTO sound_windows VALUES ('b', 2, 1, '2025-01-02 03:04:05.000000');
            INSERT INTO locations VALUES
              (4, 1, CAST('copy.wav' AS BLOB), 'copy.wav', 10, 7, 'a', 'It is locked.', NULL),
              (5, 1, CAST('new.wav' AS BLOB), 'new.wav', 10, 7, NULL, NULL, NULL),
              (6, 1, CAST('gone.wav' AS BLOB), 'gone.wav', 10, 7, 'a', NULL,
               '2025-01-02 03:04:05.000000');
        """)
    catalog = Catalog(old)
    with catalog.read() as session:
        rows = session.execute(select(Location.id, Location.work, Location.error)).all()
        assert {row[0]: (row[1].value, row[2]) for row in rows} == {
            1: ("settled", None),
            2: ("pending", None),  # embedded, but not in the space that serves
            3: ("failed", "No audio."),
            4: ("pending", "It is locked."),
            5: ("pending", None),
            6: ("settled", None),
        }
    with catalog.write() as session:
        work = claim(session, "w", 1, 10, 60.0, utc_now())
    assert [file.location_id for file in work] == [2, 4, 5]
    catalog.close()


def test_it_can_be_taken_back(old: Path) -> None:
    Catalog(old).close()
    config = Config()
    config.set_main_option("script_location", "foundsound:catalog/migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{old / FILE_NAME}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    engine.dispose()
    catalog = Catalog(old)  # and forth again
    with catalog.read() as session:
        assert session.get_one(Sound, "a").bit_depth == 24
    catalog.close()
