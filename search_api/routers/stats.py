"""What the library holds."""

import time

from fastapi import APIRouter
from pydantic import BaseModel, Field

from foundsound.catalog.paths import path_text
from foundsound.catalog.spaces import window_count
from foundsound.catalog.stats import catalog_stats
from foundsound.client_paths import ShownPath
from foundsound.disk_report import DiskReport, report_disk
from search_api.state import State

router = APIRouter(tags=["library"])


class Stats(BaseModel):
    """Counts over the library."""

    sounds: int = Field(description="Sounds that can be found.", examples=[63])
    pending: int = Field(description="Files that wait for a worker, or are in its hands.")
    files_per_s: float | None = Field(
        description="How many of them were done a second, over the last minute in which this was "
        "asked for; null when nothing waits, and at first."
    )
    left_s: float | None = Field(description="When the others will be done at this pace: seconds.")
    failed: int = Field(description="Files in quarantine.")
    files: int = Field(description="Files at hand; copies of one sound count each.")
    unreadable_files: int = Field(description="Files that could not be taken, and are tried again.")
    missing_files: int = Field(description="Files that were there once.")
    windows: int = Field(description="Vectors in the index.")
    audio_s: float = Field(description="Seconds of audio that can be searched.")
    roots: list[ShownPath] = Field(description="Folders that are indexed.")
    model: str = Field(description="The embedding model.", examples=["starter"])
    space: str = Field(description="The embedding space: model version, windowing, merging.")


@router.get("/stats", summary="Library counts")
def stats(state: State) -> Stats:
    """Counts of sounds, files and vectors, and the model in use."""
    library = state.library
    with library.searching() as space, library.catalog.read() as session:
        counts = catalog_stats(session, space.id)
        windows, model, key = window_count(session, space.id), space.embedder.name, space.key
    done = counts.files - counts.pending
    pace = state.pacer.take(time.monotonic(), done, counts.pending)
    return Stats(
        sounds=counts.indexed,
        pending=counts.pending,
        files_per_s=pace.files_per_s,
        left_s=pace.left_s,
        failed=counts.failed,
        files=counts.files,
        unreadable_files=counts.unreadable_files,
        missing_files=counts.missing_files,
        windows=windows,
        audio_s=counts.audio_s,
        roots=[path_text(root) for root in counts.roots],
        model=model,
        space=key,
    )


@router.get("/disk", summary="What takes up room")
def disk(state: State) -> DiskReport:
    """What the library's own files take up; walks its folders, so ask now and then."""
    with state.library.catalog.read() as session:
        return report_disk(session, state.library.settings)
