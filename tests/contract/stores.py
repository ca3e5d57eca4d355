"""Every VectorStore there is, for the contract suites."""

import os
from collections.abc import Callable

from foundsound.vectors.store import VectorStore

SERVER_URL = os.environ.get("FOUNDSOUND_TEST_QDRANT_URL")
BACKENDS = ["edge", "local", *(["server"] if SERVER_URL else [])]
OpenStore = Callable[[], VectorStore]
