"""Ingest that computes vectors only: what comes beside them is measured by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def analysis_off() -> Iterator[None]:
    """No loudness, tempo, key and the like meanwhile (see ``analysis_cost``)."""
    with (
        patch("foundsound.catalog.sounds.ANALYSIS_VERSION", None),
        patch("ingest.upkeep.analyse_lacking", lambda *_: None),
    ):
        yield


@contextmanager
def suggestions_off() -> Iterator[None]:
    """No categories and tags meanwhile: their vocabulary is embedded once for a model."""
    with (
        patch("ingest.pipeline.Suggesting.suggest", lambda *_: None),
        patch("ingest.upkeep.suggest_lacking", lambda *_: None),
    ):
        yield
