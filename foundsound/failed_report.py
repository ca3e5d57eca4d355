"""Files that could not be used, as the API and the CLI tell of them."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from foundsound.catalog.paths import path_text
from foundsound.catalog.quarantine import FailedFile, count_failed, failed_files
from foundsound.catalog.scope import Scope
from foundsound.client_paths import ShownPath


class FailedFileReport(BaseModel):
    """A file that could not be used."""

    path: ShownPath
    reason: str = Field(description="One sentence.", examples=["The file is empty (0 bytes)."])
    attempts: int = Field(description="Attempts that came to nothing, one after another.")
    next_attempt: datetime | None = Field(
        description="When it is tried again; null: in quarantine, until it changes or is retried."
    )


class FailedReport(BaseModel):
    """Files that could not be used, those found last first."""

    files: list[FailedFileReport]
    quarantined: int = Field(description="Files in quarantine, in the whole library.")
    waiting: int = Field(description="Files that will be tried again, in the whole library.")
    before: int | None = Field(description="What to ask with for the next page; null at the end.")


def report_failed(
    session: Session, limit: int, before: int | None = None, scopes: list[Scope] | None = None
) -> FailedReport:
    """See :func:`foundsound.catalog.quarantine.failed_files`."""
    files = failed_files(session, limit, before, scopes)
    quarantined, waiting = count_failed(session)
    return FailedReport(
        files=[_report(file) for file in files],
        quarantined=quarantined,
        waiting=waiting,
        before=files[-1].location_id if len(files) == limit else None,
    )


def _report(file: FailedFile) -> FailedFileReport:
    return FailedFileReport(
        path=path_text(file.path),
        reason=file.reason,
        attempts=file.attempts,
        next_attempt=file.next_attempt,
    )
