"""What the library takes up on disk, and how much is free."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location
from foundsound.settings import Settings

BLOCK = 512  # bytes, of st_blocks
PARTS = ("media", "map", "vectors")


class DiskReport(BaseModel):
    """Bytes of files, as the server's machine sees them."""

    data_dir: str
    free_bytes: int = Field(description="On the drive of the data folder.")
    catalogue_bytes: int = Field(
        description="And whatever else lies in the data folder; with a catalogue in PostgreSQL "
        "only that."
    )
    vectors_bytes: int = Field(description="0 on a Qdrant server.")
    media_bytes: int = Field(description="Renditions, waveforms and spectrograms.")
    media_limit_bytes: int
    map_bytes: int
    models_bytes: int = Field(description="Converted model files, which libraries share.")
    files_bytes: int = Field(description="The sounds' own files at hand, copies included.")


def report_disk(session: Session, settings: Settings) -> DiskReport:
    """Add up what lies in the library's folders."""
    sizes = dict.fromkeys(PARTS, 0)
    rest = 0
    for path, size in _files(settings.data_dir):
        part = path.relative_to(settings.data_dir).parts[0]
        if part in sizes:
            sizes[part] += size
        else:
            rest += size
    files = session.scalar(select(func.sum(Location.size)).where(Location.missing_since.is_(None)))
    return DiskReport(
        data_dir=str(settings.data_dir),
        free_bytes=shutil.disk_usage(settings.data_dir).free,
        catalogue_bytes=rest,
        vectors_bytes=sizes["vectors"],
        media_bytes=sizes["media"],
        media_limit_bytes=settings.media_cache_bytes,
        map_bytes=sizes["map"],
        models_bytes=sum(size for _, size in _files(settings.cache_dir)),
        files_bytes=int(files or 0),  # a Decimal on PostgreSQL
    )


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file below, and what it takes up; those that vanish meanwhile are left out."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent) / name
            try:
                yield path, path.lstat().st_blocks * BLOCK  # vector stores have files with holes
            except OSError:
                continue
