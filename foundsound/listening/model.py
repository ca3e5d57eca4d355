"""The model that listens, and how its scores are to be read, without opening the library.

A library in a folder has one owner; who listens needs nothing of it but the name of its model.
"""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.orm import Session

from foundsound.calibrate import measured_calibration
from foundsound.catalog.database import Catalog, catalog_exists
from foundsound.catalog.enrolled import enrolled_named, prototype_of
from foundsound.catalog.spaces import active_space, all_spaces
from foundsound.embedding.calibration import Calibration
from foundsound.embedding.choice import AUTO
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.first_model import first_model
from foundsound.embedding.registry import create_embedder
from foundsound.embedding.space import space_key
from foundsound.errors import InvalidRequest, NotFound
from foundsound.listening.targets import Enrolled
from foundsound.search.strength import Scale
from foundsound.settings import Settings


def listening_model(settings: Settings) -> tuple[Embedder, Calibration]:
    """The model that settings name, else the library's, else the one that a new library gets.

    Raises:
        ModelError: it cannot be used.
        LibraryError, Unavailable: the library cannot be asked for its model.
    """
    embedder = _embedder(settings)
    return embedder, measured_calibration(embedder, settings)


def enrolled_sounds(settings: Settings, embedder: Embedder, names: Sequence[str]) -> list[Enrolled]:
    """Enrolled sounds of the library, as they are known to the model.

    Raises:
        NotFound: there is none of a name.
        InvalidRequest: the model does not know one of them.
        LibraryError, Unavailable: the library cannot be asked.
    """
    if not names:
        return []
    if not catalog_exists(settings.data_dir, settings.database_url):
        raise NotFound("There is no library, and so no enrolled sound.")
    catalog = Catalog.of(settings)
    try:
        with catalog.read() as session:
            return [_enrolled(session, space_key(embedder), name) for name in names]
    finally:
        catalog.close()


def _enrolled(session: Session, key: str, name: str) -> Enrolled:
    sound = enrolled_named(session, name)
    for space in all_spaces(session):
        known = prototype_of(session, sound.id, space.id) if space.key == key else None
        if known is not None:
            scale = Scale(known.background_mean, known.background_deviation)
            vector = np.frombuffer(known.vector, "<f2").astype(np.float32)
            return Enrolled(sound.name, vector, scale, scale.strength(known.threshold))
    raise InvalidRequest(
        f"'{sound.name}' is not known to this model yet; search or classify with it once."
    )


def _embedder(settings: Settings) -> Embedder:
    if settings.model != AUTO:
        return create_embedder(settings.model, settings)
    if catalog_exists(settings.data_dir, settings.database_url):
        catalog = Catalog.of(settings)
        try:
            with catalog.read() as session:
                active = active_space(session)
                name = None if active is None else active.model
        finally:
            catalog.close()
        if name is not None:
            return create_embedder(name, settings)
    return first_model(settings)[1]
