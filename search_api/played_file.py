"""The file of a sound that can be read now, and whether it still is what was indexed."""

import os
import stat
from dataclasses import dataclass

from foundsound.catalog.paths import path_text
from foundsound.catalog.sound_files import files_of
from foundsound.catalog.sounds import SoundFacts, sounds_by_id
from foundsound.errors import FileUnavailable, NotFound
from foundsound.library import Library


@dataclass(frozen=True)
class PlayedFile:
    """A readable file.

    ``same`` is False when it was written to since it was indexed, so that it may hold anything.
    """

    path: bytes
    facts: SoundFacts | None  # None until the sound is indexed
    same: bool

    @property
    def name(self) -> str:
        """For people."""
        return path_text(os.path.basename(self.path))


def played_file(library: Library, sound_id: str) -> PlayedFile:
    """A file of this sound; one that is unchanged, if there is one.

    Raises:
        NotFound: there is no such sound.
        FileUnavailable: none of its files can be read now.
    """
    with library.catalog.read() as session:
        sound = sounds_by_id(session, [sound_id]).get(sound_id)
        files = files_of(session, sound_id)
    if sound is None:
        raise NotFound(f"There is no sound {sound_id} in this library.")
    changed = None
    for file in files:
        path = library.paths.local(file.path)
        try:
            status = os.stat(path)
        except OSError:
            continue
        if not stat.S_ISREG(status.st_mode) or not os.access(path, os.R_OK):
            continue
        same = (status.st_size, status.st_mtime_ns) == (file.size, file.mtime_ns)
        played = PlayedFile(path, sound.facts, same)
        if same:
            return played
        changed = changed or played
    if changed is None:
        raise FileUnavailable(
            "The sound is in the library, but none of its files can be read now; is its drive "
            "online?"
        )
    return changed
