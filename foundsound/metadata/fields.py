"""Collects what readers find, by namespaced key, within bounds."""

from collections.abc import Iterator
from contextlib import contextmanager

from foundsound.metadata.text import clean_text

MAX_FIELDS = 256
MAX_KEY_CHARS = 80
MAX_TOTAL_CHARS = 2**16


class Fields:
    """Metadata fields in the order in which they were found."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.notes: list[str] = []
        self._room = MAX_TOTAL_CHARS

    def add(self, key: str, value: str) -> None:
        """Keep a field; a further value of the same key joins it after a semicolon.

        Empty ones and those beyond the bounds are left out.
        """
        key, value = clean_text(key)[:MAX_KEY_CHARS], clean_text(value)
        before = self.values.get(key)
        if before is not None:
            if value in before.split("; "):
                return
            value = clean_text(f"{before}; {value}")
        cost = len(value) - len(before) if before is not None else len(key) + len(value)
        if not key or not value or cost > self._room:
            return
        if before is None and len(self.values) >= MAX_FIELDS:
            return
        self._room -= cost
        self.values[key] = value

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Whatever goes wrong inside costs only what is read there, and leaves a note."""
        try:
            yield
        except Exception as error:  # files are hostile, and metadata is never worth a failure
            self.notes.append(f"The {name} cannot be read ({type(error).__name__}).")
