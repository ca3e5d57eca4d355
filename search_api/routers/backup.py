"""The whole library as one file, while it goes on being used and indexed."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from foundsound.transfer.archive import zipped
from foundsound.transfer.export import exporting
from search_api.problems import responses
from search_api.state import OwnerOnly, State

router = APIRouter(tags=["library"])


@router.get(
    "/backup",
    summary="The library as one file",
    response_class=StreamingResponse,
    responses={
        200: {"description": "A ZIP archive.", "content": {"application/zip": {}}},
        **responses(401, 403, 409),
    },
    dependencies=[OwnerOnly],
)
def backup(state: State) -> StreamingResponse:
    """Catalogue, user data and vectors as of now, for ``foundsound restore``; made while it is
    sent. It holds the secrets of alerts, and no API keys. A file that was cut short is refused."""
    with ExitStack() as held:
        parts = held.enter_context(exporting(state.library))
        ending = held.pop_all()

    def blocks() -> Iterator[bytes]:
        with ending:
            yield from zipped(parts)

    name = f"foundsound-{datetime.now(UTC):%Y-%m-%d-%H%M}.zip"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(blocks(), media_type="application/zip", headers=disposition)
