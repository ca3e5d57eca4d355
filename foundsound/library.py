"""An open library: catalogue, vectors and model together, owned by this process alone."""

from contextlib import ExitStack
from pathlib import Path

from foundsound.catalog.database import FILE_NAME, Catalog
from foundsound.catalog.spaces import ensure_space, forget_windows, window_count
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.errors import LibraryError
from foundsound.ownership import OwnerLock
from foundsound.settings import Settings
from foundsound.vectors.index import VectorIndex


class Library:
    """The library in ``settings.data_dir``, created when it is not there. A context manager.

    Args:
        settings: where it lies and which model it uses.
        wait_s: how long to wait for another process to give it free.

    Raises:
        LibraryBusy: another process owns it.
        LibraryError: its files are damaged or too new.
        ModelError: the model is unknown.
    """

    def __init__(self, settings: Settings, wait_s: float = 0.0) -> None:
        self.settings = settings
        self.embedder: Embedder = create_embedder(settings.model, settings)
        _make_folder(settings.data_dir)
        # The lock comes before the vectors are opened: see vectors/edge.py.
        self.ownership = OwnerLock(settings.data_dir, wait_s)
        with ExitStack() as opened:
            opened.callback(self.ownership.release)
            self.catalog = Catalog(settings.data_dir)
            opened.callback(self.catalog.close)
            key = space_key(self.embedder)
            with self.catalog.write() as session:
                space = ensure_space(session, key, self.embedder.name, self.embedder.dim)
                self.space_id, self.space_key = space.id, space.key
            self.vectors: VectorIndex = self._open_vectors()
            opened.callback(self.vectors.close)
            self._forget_lost_vectors()
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Close everything and give the library free; a second call does nothing."""
        self._opened.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_vectors(self) -> VectorIndex:
        from foundsound.vectors.edge import EdgeIndex

        directory = self.settings.data_dir / "vectors" / self.space_key
        return EdgeIndex(directory, self.space_key, self.embedder.dim)

    def _forget_lost_vectors(self) -> None:
        # Vectors are derived: when some were lost, the next index run makes them again.
        with self.catalog.write() as session:
            if self.vectors.count() < window_count(session, self.space_id):
                forget_windows(session, self.space_id)


def library_exists(settings: Settings) -> bool:
    """True when something was ever indexed there."""
    return (settings.data_dir / FILE_NAME).is_file()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The data directory {folder} cannot be made: {error.strerror}. "
            "Set FOUNDSOUND_DATA_DIR to a folder that you can write."
        ) from error
