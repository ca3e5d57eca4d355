"""The VectorStore protocol: one index a space, and a mark on the one that serves."""

import re
from typing import Protocol

from blake3 import blake3

from foundsound.errors import LibraryError
from foundsound.vectors.index import VectorIndex
from foundsound.vectors.lexical import LexicalIndex

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


class VectorStore(Protocol):
    """The vectors of one library, in as many spaces as it has models, and its lexical index.

    Every method raises LibraryError when the store cannot do its work. The catalogue decides which
    space serves; the mark here follows it, so that others who read the store find the same one.
    """

    def open(self, space_key: str, dim: int) -> VectorIndex:
        """The index of a space, made when it is not there.

        Raises:
            LibraryError: what lies there was made for another space.
        """

    def open_words(self, key: str) -> LexicalIndex:
        """The lexical index, made when it is not there; ``key`` says how its terms are made.

        Raises:
            LibraryError: what lies there is damaged, or was made with another key.
        """

    def exists(self, space_key: str) -> bool:
        """True when the space has an index."""

    def serve(self, space_key: str) -> None:
        """Move the mark to this space, in one step: nobody ever sees none or two."""

    def serving(self) -> str | None:
        """Name, see :func:`space_name`, of the space that the mark is on; None before any."""

    def mark(self) -> str | None:
        """What :meth:`set_mark` wrote: by it a catalogue knows its store."""

    def set_mark(self, mark: str) -> None:
        """Say whose store it is, in 32 characters."""

    def drop(self, space_key: str) -> None:
        """Delete an index, which must not be open; one that is not there is no error."""

    def close(self) -> None:
        """Release the store; its indexes are closed before."""


def space_name(space_key: str) -> str:
    """A space's key as a folder's or a collection's name; unequal keys have unequal names."""
    if _PLAIN.fullmatch(space_key):
        return space_key
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", space_key).strip("-.")[-80:]
    return f"{readable or 'space'}-{blake3(space_key.encode()).hexdigest(length=6)}"


def check_space(found: object, space_key: str, where: str) -> None:
    """Refuse an index that says it belongs to another space.

    Raises:
        LibraryError: ``found``, as the index has it, is another key.
    """
    if found != space_key:
        raise LibraryError(
            f"The vectors in {where} belong to the space '{found}', not to '{space_key}': "
            "vectors of two models are never mixed. Move them away and index again."
        )
