"""What an export says of itself: its format, what it holds, and the checksum of every part."""

import json
from datetime import UTC, datetime

from blake3 import blake3
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from foundsound import __version__
from foundsound.catalog.schema import HEAD
from foundsound.errors import LibraryError

NAME = "manifest.json"
FORMAT = "foundsound-export"
VERSION = 1
FOREIGN = "This is no export of a foundsound library."
MOST_BYTES = 64 * 2**20  # of a manifest: a part has 16 MiB of vectors and 120 bytes here


class PartEntry(BaseModel):
    """One file of an export."""

    name: str = Field(pattern=r"^(catalogue|vectors)/[a-z0-9_-]+\.(jsonl|safetensors)$")
    size: int = Field(ge=0)  # bytes
    blake3: str
    rows: int = Field(ge=0)  # lines of a table, windows of a part of the vectors


class SpaceEntry(BaseModel):
    """One embedding space, see foundsound/embedding/space.py, and the parts with its vectors."""

    id: int
    key: str
    model: str
    dim: int = Field(gt=0)
    active: bool
    sounds: int = 0
    windows: int = 0
    parts: list[str] = []


class Manifest(BaseModel):
    """Written last: an export without it never came to its end."""

    model_config = ConfigDict(extra="ignore")

    format: str = FORMAT
    version: int = VERSION
    foundsound: str = __version__
    schema_revision: str = HEAD  # of the catalogue
    made_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    sounds: int = 0
    files: int = 0
    lost: int = 0  # sounds whose vectors vanished while they were read: to be embedded again
    spaces: list[SpaceEntry] = []
    parts: list[PartEntry] = []

    @property
    def seal(self) -> str:
        """Its checksum, and by the parts' own ones that of all that the export holds."""
        return _seal(self.model_dump(mode="json"))

    def sealed(self) -> bytes:
        """As it is written, with its own checksum."""
        body = self.model_dump(mode="json")
        return json.dumps({**body, "blake3": self.seal}, indent=1).encode() + b"\n"


def unsealed(data: bytes) -> Manifest:
    """A manifest as it was written.

    Raises:
        LibraryError: it is none of ours, a newer foundsound's, or damaged.
    """
    try:
        body = json.loads(data)
    except ValueError as error:
        raise LibraryError(FOREIGN) from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise LibraryError(FOREIGN)
    seal = body.pop("blake3", None)
    version = body.get("version")
    if isinstance(version, int) and version > VERSION:
        raise LibraryError(
            f"A newer foundsound made this export (format {version}); upgrade foundsound."
        )
    try:
        if seal != _seal(body):
            raise ValueError("seal")
        manifest = Manifest.model_validate(body)
    except (ValueError, ValidationError) as error:
        raise LibraryError("The export is damaged: its manifest does not fit itself.") from error
    if manifest.schema_revision > HEAD:
        raise LibraryError(
            f"A newer foundsound made this export (schema {manifest.schema_revision}); "
            "upgrade foundsound."
        )
    return manifest


def _seal(body: dict[str, object]) -> str:
    return blake3(json.dumps(body, sort_keys=True).encode()).hexdigest()
