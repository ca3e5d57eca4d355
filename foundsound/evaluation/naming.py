"""What the files of a library are called: as they are, by nothing that helps, or well.

A folder of links is made, and indexed, so that everything that reads names reads these.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, get_args

from blake3 import blake3

from foundsound.errors import InvalidRequest

Naming = Literal["real", "hashed", "ucs"]
NAMINGS: tuple[Naming, ...] = get_args(Naming)
HEX_DIGITS = 12


def lay_out(
    files: Iterable[Path], naming: Naming, ucs_names: Mapping[Path, str], folder: Path
) -> None:
    """Fill an empty folder with a link to each file, by the name that it is to have.

    ``real`` keeps the path below the deepest folder that holds all files, ``hashed`` leaves a hash
    of it and the ending, ``ucs`` takes the path of ``ucs_names``.

    Raises:
        InvalidRequest: a name leads out of the folder, or two files would have the same; with
            ``ucs``, a file has no name.
    """
    files = list(files)
    top = Path(os.path.commonpath([file.absolute().parent for file in files]))
    for file in files:
        below = file.absolute().relative_to(top)
        if naming == "hashed":
            digest = blake3(os.fsencode(below)).hexdigest()[:HEX_DIGITS]
            below = Path(digest + file.suffix)
        elif naming == "ucs":
            if file not in ucs_names:
                raise InvalidRequest(
                    f"'{file}' has no UCS name; those come from the column ucs of names.csv in a "
                    "labelled set."
                )
            below = Path(ucs_names[file])
        link = folder / below
        if below.is_absolute() or ".." in below.parts or os.path.lexists(link):
            raise InvalidRequest(f"'{file}' cannot be called '{below}': that is taken or outside.")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file.resolve())
