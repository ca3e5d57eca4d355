"""Where each sound lies on the map of its space, and the vectors that put it there."""

import io
import os
import tempfile
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats

FORMAT = 1  # of the file, and of how layouts are made


@dataclass(frozen=True)
class Layout:
    """Sounds in the plane, in the order of their ids.

    ``points`` is float32 ``[n, 2]``, 0 to 1 with the same scale on both axes; ``vectors`` float16
    ``[n, dim]``, one a sound. ``placed`` says of each sound whether it was put among those that
    were there when all was laid out. ``method`` is ``umap`` or ``pca``.
    """

    ids: tuple[str, ...]
    points: Floats
    vectors: NDArray[np.float16]
    placed: NDArray[np.bool_]
    method: str

    @property
    def version(self) -> str:
        """The same for the same sounds at the same places."""
        told = blake2b("".join(self.ids).encode(), digest_size=8)
        told.update(self.points.tobytes())
        return told.hexdigest()

    def save(self, file: Path) -> None:
        """Write it whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as partial:
            np.savez(
                partial,
                format=FORMAT,
                ids=np.array(self.ids, "S32"),
                points=self.points,
                vectors=self.vectors,
                placed=self.placed,
                method=self.method,
            )
        os.replace(partial.name, file)


def load_layout(file: Path) -> Layout | None:
    """The layout in a file; None if there is none, or it is damaged or of another format."""
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                return None
            return Layout(
                ids=tuple(each.decode() for each in arrays["ids"].tolist()),
                points=arrays["points"],
                vectors=arrays["vectors"],
                placed=arrays["placed"],
                method=str(arrays["method"]),
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
