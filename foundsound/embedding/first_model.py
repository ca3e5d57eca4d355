"""The model of a new library: the one that was chosen, once it has shown that it works."""

from foundsound.embedding.choice import OFFLINE_MODEL, ModelChoice, choose_model
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.registry import create_embedder
from foundsound.errors import ModelError
from foundsound.settings import Settings


def first_model(settings: Settings) -> tuple[ModelChoice, Embedder]:
    """Choose a model and load it, since a choice is recorded for good.

    A CLAP model that cannot be used after all (a download that breaks off, weights that fail the
    self-check) gives way to the starter model.
    """
    choice = choose_model(settings)
    embedder = create_embedder(choice.model, settings)
    if choice.model != OFFLINE_MODEL:
        try:
            embedder.embed_text(["a sound"])
        except ModelError as error:
            choice = ModelChoice(OFFLINE_MODEL, f"{choice.model} cannot be used. {error}")
            embedder = create_embedder(OFFLINE_MODEL, settings)
    return choice, embedder
