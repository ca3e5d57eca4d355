"""The windows of whatever is to be heard: stored vectors where they suffice, else the audio."""

from collections.abc import Sequence

import numpy as np

from foundsound.catalog.sounds import sounds_by_id
from foundsound.errors import AudioError, FileUnavailable, InvalidRequest, OutOfBounds
from foundsound.hearing.clips import Clip, ClipWindows, Windows
from foundsound.hearing.scoring import Span
from foundsound.hearing.stretches import Heard, Item, Upload
from foundsound.library import Library
from foundsound.open_space import OpenSpace


def named_clip(upload: Upload, clips: Sequence[Clip]) -> Clip:
    """The clip that is meant, of those that came with a request.

    Raises:
        InvalidRequest: there are not so many.
    """
    if upload.clip >= len(clips):
        raise InvalidRequest(
            f"The request names clip {upload.clip}, but {len(clips)} came with it; "
            "clips count from 0."
        )
    return clips[upload.clip]


class WindowSource:
    """Gives windows of a library's sounds and of clips. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._clips = ClipWindows(library.settings, library.clips)

    def windows(self, space: OpenSpace, heard: Heard, clips: Sequence[Clip]) -> Windows:
        """Windows in the space's vectors.

        Raises:
            InvalidRequest: a sentence that says what cannot be heard and why.
            ModelError, LibraryError: the model or the library failed.
        """
        if isinstance(heard, Item):
            return self.of_item(space, heard)
        clip = named_clip(heard, clips)
        try:
            return self._clips.embed(space.embedder, clip.path, heard)
        except (AudioError, FileUnavailable, OutOfBounds, InvalidRequest) as error:
            raise InvalidRequest(f"{clip.name}: {error}") from error

    def of_item(self, space: OpenSpace, item: Item) -> Windows:
        """Windows of a sound of the library, of a stretch by its file."""
        with self._library.catalog.read() as session:
            sound = sounds_by_id(session, [item.sound_id]).get(item.sound_id)
        if sound is None:
            raise InvalidRequest(f"There is no sound {item.sound_id} in this library.")
        if not item.whole:
            return self._of_files(space, item, sound.paths)
        points = space.vectors.windows_of(item.sound_id)
        if not points:
            raise InvalidRequest(f"The sound {item.sound_id} has not been embedded yet.")
        vectors = np.stack([point.vector for point in points])
        return Windows(vectors, [Span(point.start_s, point.end_s) for point in points])

    def _of_files(self, space: OpenSpace, item: Item, paths: Sequence[bytes]) -> Windows:
        # The stored windows are longer than many a stretch: the file itself tells more.
        for path in map(self._library.paths.local, paths):
            try:
                return self._clips.embed(space.embedder, path, item)
            except FileUnavailable:
                continue
            except (AudioError, OutOfBounds) as error:
                raise InvalidRequest(f"The sound {item.sound_id}: {error}") from error
        raise InvalidRequest(
            f"No file of the sound {item.sound_id} can be read now; is its drive online? Without a "
            "stretch, its vectors suffice."
        )
