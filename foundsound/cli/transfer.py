"""``foundsound export``, ``import``, ``backup``, ``restore``: a library elsewhere, and back."""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import counted, err, out
from foundsound.cli.progress import counting_bar
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from foundsound.cli.remote import RemoteLibrary
    from foundsound.library import Library
    from foundsound.transfer import export as exports
    from foundsound.transfer.manifest import Manifest

Verify = Annotated[
    bool, typer.Option("--verify", help="Read it again afterwards, against its checksums.")
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="THERE=HERE",
        help="Where a folder of the export lies now; may be repeated.",
    ),
]


def export(
    folder: Annotated[Path, typer.Argument(help="A new folder.")], verify: Verify = False
) -> None:
    """Write the whole library into a folder: catalogue, user data, vectors."""
    from foundsound.transfer.archive import write_folder

    with _open() as library, _bar() as told, _appearing(folder) as partial:
        from foundsound.library import Library
        from foundsound.transfer.export import exporting

        if isinstance(library, Library):
            with exporting(library, told) as parts:
                write_folder(parts, partial)
        else:
            packed = partial.with_name(f"{partial.name}.zip")
            try:
                _fetch(library, packed, told)
                _unpack(packed, partial)
            finally:
                packed.unlink(missing_ok=True)
    _tell(folder, "exported", verify)


def backup(
    file: Annotated[Path, typer.Argument(help="A new file.")], verify: Verify = False
) -> None:
    """Write the whole library into one file, while it is used and indexed."""
    from foundsound.transfer.archive import write_file, zipped

    with _open() as library, _bar() as told, _appearing(file) as partial:
        from foundsound.library import Library
        from foundsound.transfer.export import exporting

        if isinstance(library, Library):
            with exporting(library, told) as parts:
                write_file(zipped(parts), partial)
        else:
            _fetch(library, partial, told)
    _tell(file, "backed up", verify)


def import_(
    path: Annotated[
        Path | None, typer.Argument(help="What export or backup wrote.", show_default=False)
    ] = None,
    folders: Map = None,
    discard: Annotated[
        bool, typer.Option("--discard", help="Drop what an import that was cut off has written.")
    ] = False,
) -> None:
    """Bring an export into an empty library, on this machine or on servers.

    Cut off anywhere, the same command goes on.
    """
    if discard:
        from foundsound.transfer.importing import discard_import

        discard_import(command_settings())
        err.print("The library is empty again.")
    elif path is None:
        raise InvalidRequest("Name what export or backup wrote: foundsound import PATH")
    else:
        _import(path, folders)


def restore(
    path: Annotated[Path, typer.Argument(help="What backup or export wrote.")],
    folders: Map = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only see whether it is whole; change nothing.")
    ] = False,
) -> None:
    """Bring a backup into an empty library."""
    if verify:
        _tell_of(_verified(path.expanduser()), "whole")
    else:
        _import(path, folders)


def _import(path: Path, folders: list[str] | None) -> None:
    settings = command_settings()
    from foundsound.transfer.archive import open_source
    from foundsound.transfer.importing import KEPT, import_library

    try:
        with _bar() as told, open_source(path.expanduser()) as source:
            manifest = import_library(settings, source, folders or (), told)
    except KeyboardInterrupt:
        err.print(f"Stopped. {KEPT}")
        raise typer.Exit(130) from None
    _tell_of(manifest, "imported")


def _open() -> "contextlib.AbstractContextManager[Library | RemoteLibrary]":
    settings = command_settings()
    from foundsound.cli.access import open_or_connect
    from foundsound.library import library_exists

    if not library_exists(settings):
        raise NotFound("The library is empty; index a folder with: foundsound index ~/Sounds")
    return open_or_connect(settings)


def _appearing(path: Path) -> "contextlib.AbstractContextManager[Path]":
    from foundsound.transfer.archive import appearing

    return appearing(path.expanduser().absolute())


def _fetch(library: "RemoteLibrary", file: Path, told: "exports.Progress") -> None:
    from foundsound.transfer.archive import write_file

    err.print(f"[dim]The foundsound process at {library.owner.url} does the work.[/]")
    with library.backup() as blocks:
        write_file(_counted_blocks(blocks, told), file)


def _counted_blocks(blocks: Iterator[bytes], told: "exports.Progress") -> Iterator[bytes]:
    done = 0
    for block in blocks:
        done += len(block)
        told("Receiving", done, 0)
        yield block


def _unpack(packed: Path, folder: Path) -> None:
    from foundsound.transfer.archive import write_folder
    from foundsound.transfer.export import BLOCK, Part

    with zipfile.ZipFile(packed) as archive:

        def blocks(name: str) -> Iterator[bytes]:
            with archive.open(name) as file:
                while block := file.read(BLOCK):
                    yield block

        write_folder((Part(name, blocks(name)) for name in archive.namelist()), folder)


def _verified(path: Path) -> "Manifest":
    from foundsound.transfer.archive import open_source
    from foundsound.transfer.verify import verify

    with _bar() as told, open_source(path) as source:
        return verify(source, told)


def _tell(path: Path, done: str, verify: bool) -> None:
    from foundsound.transfer.archive import manifest_of

    path = path.expanduser()
    manifest = _verified(path) if verify else manifest_of(path)
    _tell_of(manifest, f"{done} and whole" if verify else done)
    out.print(str(path), soft_wrap=True, markup=False)


def _tell_of(manifest: "Manifest", done: str) -> None:
    vectors = sum(space.windows for space in manifest.spaces)
    err.print(
        f"{counted(manifest.sounds, 'sound')} with {counted(vectors, 'vector')} and "
        f"{counted(manifest.files, 'file')} {done}."
    )
    if manifest.lost:
        err.print(
            f"[yellow]{counted(manifest.lost, 'sound')} changed meanwhile; they are embedded "
            "again wherever this is imported.[/]"
        )


@contextlib.contextmanager
def _bar() -> "Iterator[exports.Progress]":
    with counting_bar() as bar:
        task = bar.add_task("", total=None, counts="")

        def told(what: str, done: int, total: int) -> None:
            counts = f"{done:,}/{total:,}" if total else f"{done:,}" if done else ""
            bar.update(task, description=what, completed=done, total=total or None, counts=counts)

        yield told
