"""One process owns the vectors in a folder; the others find it here and ask it over HTTP.

The lock is an OS lock that dies with its holder. Beside it lies a note that says how to reach the
holder: its address and a token that only those who can read the data directory can know.
"""

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from foundsound.errors import LibraryBusy, LibraryError

LOCK_NAME = "owner.lock"
NOTE_NAME = "owner.json"


@dataclass(frozen=True)
class Owner:
    """How to reach the process that owns the library."""

    pid: int
    url: str  # of its API
    token: str  # lets the bearer start index runs


class OwnerLock:
    """Exclusive ownership of the library in ``data_dir``, held from construction to ``release``.

    Args:
        wait_s: how long to wait for the present owner to finish.

    Raises:
        LibraryBusy: another process owns it.
    """

    def __init__(self, data_dir: Path, wait_s: float = 0.0) -> None:
        self._note = data_dir / NOTE_NAME
        # Not thread-local: the library may be closed by another thread than opened it.
        self._lock = FileLock(data_dir / LOCK_NAME, thread_local=False)
        try:
            self._lock.acquire(timeout=wait_s)
        except Timeout:
            raise LibraryBusy(
                f"Another foundsound process is using the library in {data_dir}. "
                "Wait until it has finished, or stop it."
            ) from None
        except (OSError, NotImplementedError) as error:
            raise LibraryError(
                f"The data directory {data_dir} cannot be written ({error}). "
                "Set FOUNDSOUND_DATA_DIR to a folder that you can write."
            ) from error
        self._note.unlink(missing_ok=True)  # one left by an owner that was killed

    def announce(self, url: str) -> Owner:
        """Tell other processes where to ask."""
        return _announce(self._note, url)

    def release(self) -> None:
        """Give the library free."""
        self._note.unlink(missing_ok=True)
        self._lock.release()


class SharedAccess:
    """A library on servers belongs to nobody: any number of processes have it open.

    The note tells how to reach the one that announced itself last on this machine.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._announced: Owner | None = None

    def announce(self, url: str) -> Owner:
        """Leave a note with the token that allows index runs."""
        self._announced = _announce(self._data_dir / NOTE_NAME, url)
        return self._announced

    def release(self) -> None:
        """Take the note away, unless another process has left its own."""
        if self._announced is not None and current_owner(self._data_dir) == self._announced:
            (self._data_dir / NOTE_NAME).unlink(missing_ok=True)


def _announce(note: Path, url: str) -> Owner:
    owner = Owner(pid=os.getpid(), url=url, token=secrets.token_urlsafe(24))
    # mkstemp makes the file readable by its owner only.
    handle, name = tempfile.mkstemp(dir=note.parent)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(owner), file)
    os.replace(name, note)
    return owner


def current_owner(data_dir: Path) -> Owner | None:
    """The process that announced itself; it may have died since."""
    try:
        return Owner(**json.loads((data_dir / NOTE_NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def is_owned(data_dir: Path) -> bool:
    """True while some process owns the library."""
    try:
        with FileLock(data_dir / LOCK_NAME).acquire(timeout=0):
            return False
    except Timeout:
        return True
