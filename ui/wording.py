"""How numbers, times and names are written."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

SPECIAL = frozenset(r"\`*_{}[]<>()#+-.!|~$:")


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in SPECIAL else c for c in text)


def size(count: float) -> str:
    """Bytes in the unit that fits: ``1.2 GB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def span(seconds: float) -> str:
    """A stretch of time: ``3 h 12 min``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def ago(moment: str, now: datetime | None = None) -> str:
    """How long a moment (ISO 8601, UTC) is past: ``5 min ago``."""
    then = datetime.fromisoformat(moment)
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit} ago"
    return "just now"


def counted(count: int, one: str, many: str = "") -> str:
    """A number and its noun: ``1 file``, ``1,200 files``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Iterable[str]) -> str:
    """Names in a row, as Markdown shows them as they are."""
    return ", ".join(plain(name) for name in names)


def read_as(found: Mapping[str, Any]) -> list[str]:
    """How a query was read, where it was not taken word by word: what is unwanted, what translated.

    Args:
        found: the result.
    """
    parts = [each for each in found.get("parts") or () if each["type"] == "text"]
    unwanted = [f"'{plain(each['text'])}'" for each in parts if each["negative"]]
    told = [f"without {', '.join(unwanted)}"] if unwanted else []
    for each in found.get("searched_as") or ():
        told.append(f"'{plain(each['typed'])}' searched as '{plain(each['english'])}'")
    return told
