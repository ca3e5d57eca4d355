"""What Prometheus reads."""

from fastapi import APIRouter, Response

from foundsound.metrics import CONTENT_TYPE_LATEST, metrics_page
from search_api.state import State

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def metrics(state: State) -> Response:
    """Requests, searches, queue and what this process embedded; counts no more than the queue."""
    return Response(metrics_page(state.queue_metrics), media_type=CONTENT_TYPE_LATEST)
