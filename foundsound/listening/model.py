"""The model that listens, and how its scores are to be read, without opening the library.

A library in a folder has one owner; who listens needs nothing of it but the name of its model.
"""

from foundsound.calibrate import measured_calibration
from foundsound.catalog.database import Catalog, catalog_exists
from foundsound.catalog.spaces import active_space
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.choice import AUTO
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.first_model import first_model
from foundsound.embedding.registry import create_embedder
from foundsound.settings import Settings


def listening_model(settings: Settings) -> tuple[Embedder, Calibration]:
    """The model that settings name, else the library's, else the one that a new library gets.

    Raises:
        ModelError: it cannot be used.
        LibraryError, Unavailable: the library cannot be asked for its model.
    """
    embedder = _embedder(settings)
    return embedder, measured_calibration(embedder, settings)


def _embedder(settings: Settings) -> Embedder:
    if settings.model != AUTO:
        return create_embedder(settings.model, settings)
    if catalog_exists(settings.data_dir, settings.database_url):
        catalog = Catalog(settings.data_dir, settings.database_url)
        try:
            with catalog.read() as session:
                active = active_space(session)
                name = None if active is None else active.model
        finally:
            catalog.close()
        if name is not None:
            return create_embedder(name, settings)
    return first_model(settings)[1]
