"""The client that lies here is the one that the API's document asks for."""

from pathlib import Path
from typing import get_type_hints

import foundsound_client
from foundsound.library import Library
from foundsound_client import Client, models
from foundsound_client.base import Model
from search_api.app import create_app
from search_api.client_code import client_code

STALE = "The API has changed: run 'make client'."


def test_it_is_what_the_document_says(library: Library) -> None:
    folder = Path(foundsound_client.__file__).parent
    for name, text in client_code(create_app(library).openapi()).items():
        assert (folder / name).read_text(encoding="utf-8") == text, STALE


def test_every_operation_is_a_method_with_its_types(library: Library) -> None:
    document = create_app(library).openapi()
    operations = [verb for verbs in document["paths"].values() for verb in verbs]
    methods = [
        each
        for name, each in vars(Client.__mro__[1]).items()
        if name.partition("_")[0] in ("get", "post", "put", "patch", "delete")
    ]
    assert len(methods) == len(operations) > 60
    assert all(method.__doc__ for method in methods)
    shapes = [each for each in vars(models).values() if isinstance(each, type)]
    ours = [each for each in shapes if issubclass(each, Model) and each is not Model]
    assert len(ours) > 80
    for shape in ours:
        shape.model_rebuild()
        assert get_type_hints(shape)
