"""What an index run tells of itself, and the protocol by which a server starts one.

These types stand in the core so that the API and the CLI can speak of index runs without
importing the part that does the work.
"""

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from foundsound.client_paths import ShownPath

MAX_PROBLEMS = 1000  # listed in a report; all are counted, and all stand in the catalogue


class FileProblem(BaseModel):
    """A file that could not be used, and why."""

    path: ShownPath
    reason: str


class Switch(BaseModel):
    """A change of the library's model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(
        min_length=1,
        description="The model that the library is to use.",
        examples=["laion/clap-htsat-unfused"],
    )
    keep: bool = Field(
        default=False, description="Keep the old model's vectors, to switch back quickly."
    )
    force: bool = Field(
        default=False,
        description="Switch although some sounds could not be embedded; they are not found then.",
    )


class IndexProgress(BaseModel):
    """Counts of one index run, while it goes on and at its end."""

    state: Literal["waiting", "scanning", "indexing", "comparing", "done", "stopped", "failed"] = (
        "waiting"
    )
    message: str = Field(
        default="", description="Why the run failed, or what it waits for; empty otherwise."
    )
    new: int = Field(default=0, description="Files never seen before.")
    changed: int = Field(default=0, description="Files whose size or time changed.")
    moved: int = Field(
        default=0, description="Files known under another path, recognised without being read."
    )
    resumed: int = Field(default=0, description="Files that an earlier run left unfinished.")
    unchanged: int = Field(default=0, description="Files skipped by size and time.")
    missing: int = Field(default=0, description="Files that are gone since the last run.")
    files_total: int = Field(default=0, description="Files to look at in this run.")
    files_done: int = 0
    bytes_total: int = 0
    bytes_done: int = 0
    embedded: int = Field(default=0, description="Sounds embedded in this run.")
    described: int = Field(
        default=0, description="Sounds, embedded before, whose metadata was read in this run."
    )
    analysed: int = Field(
        default=0, description="Sounds, embedded before, that were analysed in this run."
    )
    near_duplicates: int = Field(
        default=0, description="Pairs of sounds that were found to be one to the ear."
    )
    duplicates: int = Field(default=0, description="Files whose content was known already.")
    elsewhere: int = Field(default=0, description="Files that other workers did meanwhile.")
    audio_s: float = Field(default=0.0, description="Seconds of audio embedded in this run.")
    problem_count: int = Field(default=0, description="Files that could not be used.")
    problems: list[FileProblem] = Field(default_factory=list)
    seconds: float = Field(default=0.0, description="Wall-clock time of the run.")

    def add_problem(self, path: str, reason: str) -> None:
        """Count a file that could not be used."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(FileProblem(path=path, reason=reason))


class RunKind(StrEnum):
    """What a run does."""

    INDEX = "index"
    SWITCH = "switch"
    COMPARISON = "comparison"


class ToldRun(BaseModel):
    """A run that is under way, and whose it is."""

    run_id: str = Field(examples=["run-9f86d081", "queued-7"])
    kind: RunKind = Field(
        description="An index run, a change of models, a search for near-duplicates."
    )
    model: str | None = Field(default=None, description="That a change leads to.")
    worker: str | None = Field(
        default=None, description="Which worker has it; null: the server itself, or nobody yet."
    )
    progress: IndexProgress


ProgressListener = Callable[[IndexProgress], None]


class IndexRuns(Protocol):
    """Starts index runs inside the process that owns the library."""

    def start(self, paths: Sequence[str | os.PathLike[str]]) -> str:
        """Begin a run, or queue it behind another; returns its id."""

    def start_switch(self, switch: Switch) -> str:
        """Begin to change the library's model, or queue it behind a run; returns its id."""

    def start_comparison(self) -> str:
        """Begin to look for near-duplicates, or queue it behind a run; returns its id."""

    def under_way(self) -> list[ToldRun]:
        """Runs that have not ended, in the order in which they are done."""

    def progress(self, run_id: str) -> IndexProgress:
        """The run's counts now.

        Raises:
            NotFound: there is no such run.
        """

    def stop(self, run_id: str) -> None:
        """Ask a run to stop; what is done is kept.

        Raises:
            NotFound: there is no such run.
        """
