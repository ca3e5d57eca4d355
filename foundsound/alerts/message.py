"""What is told of a sound that an alert has found: the same to every destination."""

import json
import uuid

from foundsound.catalog.alert_models import Alert, AlertHit
from foundsound.catalog.models import utc_now

_NAMESPACE = uuid.UUID("b5b0a8c2-1f5b-5d0a-8a57-4f0f5c3c2b61")  # ours alone, fixed for good


def key_of(alert_uid: str, sound_id: str) -> str:
    """The idempotency key of (alert, sound): the same however often it is told."""
    return str(uuid.uuid5(_NAMESPACE, f"{alert_uid}/{sound_id}"))


def message_of(alert: Alert, hit: AlertHit) -> tuple[str, bytes]:
    """A hit's key and its message, one line of JSON.

    ``subject`` and ``text`` are ready for a mail; the facts stand in ``data``.
    """
    key = key_of(alert.uid, hit.sound_id)
    name = hit.path.rpartition("/")[2]
    strength = "" if hit.strength is None else f", strength {hit.strength:.1f}"
    where = f"{_clock(hit.start_s)} to {_clock(hit.end_s)}"
    return key, _line(
        {
            "type": "alert.found",
            "id": key,
            "timestamp": hit.found_at.isoformat(timespec="seconds"),
            "subject": f"[foundsound] {alert.name}: {name}",
            "text": f"The alert '{alert.name}' found {hit.path} ({where}{strength}).",
            "data": {
                "alert_id": alert.id,
                "alert": alert.name,
                "sound_id": hit.sound_id,
                "path": hit.path,
                "duration_s": hit.duration_s,
                "start_s": hit.start_s,
                "end_s": hit.end_s,
                "score": hit.score,
                "strength": hit.strength,
            },
        }
    )


def test_message(alert: Alert) -> tuple[str, bytes]:
    """A message that tries an alert's destinations; each has a key of its own."""
    key = str(uuid.uuid4())
    return key, _line(
        {
            "type": "alert.test",
            "id": key,
            "timestamp": utc_now().isoformat(timespec="seconds"),
            "subject": f"[foundsound] {alert.name}: test",
            "text": f"This is a test of the alert '{alert.name}'; it has found nothing.",
            "data": {"alert_id": alert.id, "alert": alert.name},
        }
    )


def _line(message: dict[str, object]) -> bytes:
    return json.dumps(message, ensure_ascii=False, allow_nan=False).encode()


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02}"
