"""Every VectorStore there is, for the contract suites."""

import os
from collections.abc import Callable

from foundsound.vectors.store import VectorStore

SERVER_URL = os.environ.get("FOUNDSOUND_TEST_QDRANT_URL")
SERVER_KEY = os.environ.get("FOUNDSOUND_TEST_QDRANT_API_KEY")
BACKENDS = ["edge", "local", "http", *(["server"] if SERVER_URL else [])]
OpenStore = Callable[[], VectorStore]
