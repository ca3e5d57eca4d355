"""A typed client of foundsound's HTTP API; it needs httpx and pydantic, and nothing of foundsound.

>>> with Client("http://127.0.0.1:8765") as client:
...     for hit in client.get_search(q="rain on a roof", limit=5).hits:
...         print(hit.path)
"""

from foundsound_client.base import ApiError
from foundsound_client.client import Client

__all__ = ["ApiError", "Client"]
