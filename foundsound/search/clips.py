"""Audio that comes with a query, or lies in the library, as one vector."""

from foundsound.audio.clip_decoder import ClipDecoder
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.sound_vector import sound_vector
from foundsound.hearing.clips import Clip as Clip
from foundsound.hearing.clips import ClipWindows
from foundsound.search.query.parts import ClipPart, ItemPart
from foundsound.settings import Settings


class ClipVectors:
    """Embeds audio files, or stretches of them, for queries. Thread-safe."""

    def __init__(self, settings: Settings, decoder: ClipDecoder) -> None:
        self._windows = ClipWindows(settings, decoder)

    def embed(self, embedder: Embedder, path: bytes, part: ClipPart | ItemPart) -> Floats:
        """The mean of the windows' vectors, float32 ``[dim]``, unit length.

        Raises:
            As :meth:`foundsound.hearing.clips.ClipWindows.embed`.
        """
        return sound_vector(self._windows.embed(embedder, path, part).vectors)
