"""An import that was cut off goes on when it is asked for again, and nobody uses it until then."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from foundsound.errors import InvalidRequest, LibraryError, Unavailable
from foundsound.library import Library
from foundsound.settings import Settings
from foundsound.transfer import shards
from foundsound.transfer.archive import open_source
from foundsound.transfer.importing import discard_import, import_library
from foundsound.vectors.edge import EdgeIndex
from foundsound.vectors.index import WindowPoint
from tests.conftest import Index
from tests.postgres_server import PostgresServer
from tests.process import Cli
from tests.qdrant_process import REPOSITORY, QdrantProcess
from tests.signals import noise, write
from tests.transfer.held import back_up, fill, found, held, index_here, vectors

IMPORTING = "foundsound.transfer.importing"
EDGE = "foundsound.vectors.edge"


@pytest.fixture
def file(
    library: Library,
    index: Index,
    sounds: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A backup with three parts of vectors."""
    index(sounds)
    fill(library, write(tmp_path / "example.wav", noise(1.0, seed=5)))
    monkeypatch.setattr(shards, "SHARD_BYTES", 4 * library.embedder.dim)  # of one window
    return back_up(library, tmp_path / "backup.zip")


@pytest.fixture
def new(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"data_dir": tmp_path / "new", "database_url": None})


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many windows each write of vectors has."""
    sizes: list[int] = []
    upsert = EdgeIndex.upsert

    def counted(self: EdgeIndex, points: Sequence[WindowPoint]) -> None:
        sizes.append(len(points))
        upsert(self, points)

    monkeypatch.setattr(EdgeIndex, "upsert", counted)
    return sizes


def killed(settings: Settings, file: Path, module: str, name: str, count: int) -> None:
    """An import that dies after a call."""
    variables = {}
    if settings.database_url is not None:
        variables["FOUNDSOUND_DATABASE_URL"] = settings.database_url
    cli = Cli(settings.data_dir, settings.cache_dir, variables)
    call = ["-m", "tests.transfer.killed_after", module, name, str(count)]
    process = subprocess.run(
        [sys.executable, *call, "import", str(file)], env=cli.environment, cwd=REPOSITORY
    )
    assert process.returncode == -signal.SIGKILL


def refused(settings: Settings) -> None:
    with pytest.raises(LibraryError, match="goes on where it stopped"):
        Library(settings)


@pytest.mark.parametrize(
    ("database_url", "module", "name", "count", "left"),
    [
        # The second part is there, and nobody has said so.
        ("sqlite", EDGE, "EdgeIndex.upsert", 2, 2),
        ("sqlite", IMPORTING, "_Library.advance", 2, 1),
        # All is written, nothing committed.
        ("postgresql", IMPORTING, "rows_are_imported", 1, 0),
    ],
    indirect=["database_url"],
)
def test_a_killed_import_goes_on(
    library: Library,
    file: Path,
    settings: Settings,
    tmp_path: Path,
    postgres_server: PostgresServer,
    written: list[int],
    module: str,
    name: str,
    count: int,
    left: int,
) -> None:
    new = settings.model_copy(update={"data_dir": tmp_path / "new"})
    if settings.database_url is not None:
        url = postgres_server.url(postgres_server.create_database())
        new = new.model_copy(update={"database_url": url})
    killed(new, file, module, name, count)
    refused(new)
    with open_source(file) as source:
        assert import_library(new, source).sounds == 3
    assert written == [1] * left
    with Library(new) as there:
        assert vectors(there) == vectors(library)
        assert held(there) == held(library)
        assert found(there) == found(library)
    with pytest.raises(InvalidRequest, match="not empty"), open_source(file) as source:
        import_library(new, source)


def test_a_library_that_lacks_only_words_is_one(
    library: Library, file: Path, new: Settings, written: list[int]
) -> None:
    killed(new, file, IMPORTING, "check_words", 1)
    with pytest.raises(InvalidRequest, match="nothing to discard"):
        discard_import(new)
    with open_source(file) as source:
        import_library(new, source)
    assert written == []
    with Library(new) as there:
        assert found(there) == found(library)


def test_another_import_takes_its_place(
    library: Library, index: Index, file: Path, new: Settings, sounds: Path, tmp_path: Path
) -> None:
    killed(new, file, IMPORTING, "_Library.advance", 2)
    write(sounds / "late.wav", noise(1.0, seed=3))
    index(sounds)
    with open_source(back_up(library, tmp_path / "later.zip")) as source:
        assert import_library(new, source).sounds == 4
    with Library(new) as there:
        assert vectors(there) == vectors(library)


def test_it_can_be_given_up(file: Path, new: Settings, sounds: Path) -> None:
    killed(new, file, IMPORTING, "_Library.advance", 2)
    cli = Cli(new.data_dir, new.cache_dir)
    told = cli.run("search", "noise")
    assert (told.returncode, "foundsound import --discard" in told.stderr) == (2, True)
    assert cli.run("import", "--discard").stderr == "The library is empty again.\n"
    with pytest.raises(InvalidRequest, match="nothing to discard"):
        discard_import(new)
    with Library(new) as empty:
        assert empty.vectors.count() == 0
        assert index_here(empty, sounds) == (3, 0)


def test_lost_vectors_are_written_again(
    library: Library, file: Path, new: Settings, written: list[int]
) -> None:
    killed(new, file, IMPORTING, "_Library.advance", 2)
    space = next(path for path in (new.data_dir / "vectors").iterdir() if path.is_dir())
    space.rename(new.data_dir / "lost")
    with open_source(file) as source:
        import_library(new, source)
    assert written == [1, 1, 1]
    with Library(new) as there:
        assert vectors(there) == vectors(library)


def test_a_server_that_goes_away_costs_nothing(
    library: Library,
    file: Path,
    new: Settings,
    tmp_path: Path,
    postgres_url: str,
    qdrant_server: QdrantProcess,
) -> None:
    studio = new.model_copy(
        update={
            "database_url": postgres_url,
            "qdrant_url": qdrant_server.url,
            "qdrant_prefix": f"test-{tmp_path.name}",
            "qdrant_timeout_s": 10.0,
        }
    )

    def fail(what: str, done: int, _: int) -> None:
        if (what, done) == ("Writing vectors", 2):
            qdrant_server.fail(503)

    with pytest.raises(Unavailable, match="the same command goes on"), open_source(file) as source:
        import_library(studio, source, progress=fail)
    qdrant_server.fail()
    refused(studio)
    with open_source(file) as source:
        import_library(studio, source)
    with Library(studio) as there:
        assert held(there) == held(library)
