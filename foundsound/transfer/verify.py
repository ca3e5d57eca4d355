"""Whether an export is whole: every part against its size, its count and its BLAKE3 checksum."""

from blake3 import blake3

from foundsound.errors import LibraryError
from foundsound.transfer.archive import Source
from foundsound.transfer.export import BLOCK, Progress
from foundsound.transfer.manifest import MOST_BYTES, NAME, Manifest, PartEntry, unsealed
from foundsound.transfer.tables import exported_tables


def verify(source: Source, progress: Progress = lambda *_: None) -> Manifest:
    """Read all of an export; what it says of itself is true when this returns.

    Raises:
        LibraryError: it is damaged, incomplete, a newer foundsound's, or none at all.
    """
    with source.open(NAME) as file:
        manifest = unsealed(file.read(MOST_BYTES))
    _check_names(manifest)
    total, done = sum(part.size for part in manifest.parts), 0
    for part in manifest.parts:
        _check_part(source, part)
        done += part.size
        progress("Checking", done, total)
    return manifest


def _check_part(source: Source, part: PartEntry) -> None:
    digest, size, lines = blake3(), 0, 0
    with source.open(part.name) as file:
        while size <= part.size and (block := file.read(BLOCK)):
            digest.update(block)
            size += len(block)
            lines += block.count(b"\n")
    wrong_count = part.name.endswith(".jsonl") and lines != part.rows
    if size != part.size or digest.hexdigest() != part.blake3 or wrong_count:
        raise LibraryError(f"The export is damaged: {part.name} is not what was written.")


def _check_names(manifest: Manifest) -> None:
    """Every part is named once, and each of the vectors' by the space that it belongs to."""
    names = [part.name for part in manifest.parts]
    vectors = [name for space in manifest.spaces for name in space.parts]
    tables = {f"catalogue/{table.name}.jsonl" for table in exported_tables()}
    given = {name for name in names if name.startswith("catalogue/")}
    if len(set(names)) != len(names) or sorted(vectors) != sorted(set(names) - given):
        raise LibraryError("The export is damaged: its manifest does not name its parts.")
    if unknown := given - tables:
        raise LibraryError(
            f"A newer foundsound made this export; nobody knows {min(unknown)} here."
        )
