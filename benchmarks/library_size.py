"""How many bytes a sound takes: in a catalogue on SQLite and on PostgreSQL, and as vectors on disk.

The library is made up, with names, metadata and analysis of ordinary length. Baseline: what the
bare numbers take, 4 bytes for each of a vector.
"""

import argparse
import os
import tempfile
from pathlib import Path

from rich.table import Table
from sqlalchemy import text

from benchmarks.bench_settings import bench_settings
from benchmarks.made_library import fill
from benchmarks.measure import conditions, out, progress_bar
from foundsound.library import Library
from tests.postgres_server import PostgresServer


def main() -> None:
    """Make the library twice, and print what each part of it takes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=20_000)
    sounds = parser.parse_args().sounds
    server = PostgresServer()
    try:
        server.start()
        url = server.url(server.create_database())
        with tempfile.TemporaryDirectory(prefix="foundsound-size-") as name:
            sizes = _sizes(Path(name), sounds, url)
    finally:
        server.remove()
    out.print(f"{sounds:,} sounds; {conditions()}")
    table = Table("", "MB", "bytes a sound")
    for label, size in sizes.items():
        table.add_row(label, f"{size / 1e6:.1f}", f"{size / sounds:,.0f}")
    out.print(table)


def _sizes(folder: Path, sounds: int, url: str) -> dict[str, int]:
    sizes: dict[str, int] = {}
    with progress_bar() as bar:
        for database_url in (None, url):
            own = folder / ("postgresql" if database_url else "sqlite")
            own.mkdir()
            settings = bench_settings(data_dir=own / "library", database_url=database_url)
            with Library(settings) as library:
                made = fill(library, sounds, own, bar)
                if database_url is None:
                    sizes["vectors as numbers (baseline)"] = made.vectors.nbytes
                    sizes["vectors and words in Qdrant Edge"] = _on_disk(
                        own / "library" / "vectors"
                    )
                else:
                    with library.catalog.read() as session:
                        size = session.scalar(text("SELECT pg_database_size(current_database())"))
                    sizes["catalogue on PostgreSQL"] = int(size or 0)
            if database_url is None:  # closed: its write-ahead log has gone into it
                sizes["catalogue on SQLite"] = (own / "library" / "catalog.sqlite").stat().st_size
    return sizes


def _on_disk(folder: Path) -> int:
    """Bytes of the blocks that are taken: files may be sparse."""
    paths = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
    return sum(os.stat(path).st_blocks * 512 for path in paths)


if __name__ == "__main__":
    main()
