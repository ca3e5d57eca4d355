"""Compares a folder with the catalogue and writes down what there is to do."""

import os
import threading

from foundsound.audio.formats import is_audio_name
from foundsound.catalog.locations import Queued
from foundsound.catalog.models import Priority
from foundsound.catalog.paths import absolute, path_text
from foundsound.catalog.queue import Scope, work_space
from foundsound.catalog.root_state import root_settings
from foundsound.catalog.roots import root_for
from foundsound.errors import InvalidRequest
from foundsound.library import Library
from ingest.findings import Found
from ingest.scan import Scan, scan_parts


def reconcile(
    library: Library, path: str | os.PathLike[str], stop: threading.Event
) -> tuple[Scope, Found]:
    """Bring the catalogue up to date with ``path``, a folder or one audio file.

    Returns:
        Where the work lies that somebody waits for now, and what was found.

    Raises:
        InvalidRequest: there is nothing at ``path``, or no audio file by its name.
    """
    target = absolute(path)
    folder = target if os.path.isdir(target) else os.path.dirname(target)
    if not os.path.exists(target):
        raise InvalidRequest(f"There is no file or folder {path_text(target)}.")
    if folder != target and not is_audio_name(os.fsdecode(target)):
        raise InvalidRequest(
            f"{path_text(target)} is not an audio file by its name; index a folder, or a file "
            "such as .wav, .flac or .mp3."
        )
    with library.catalog.write() as session:
        root_id = root_for(session, folder).id
        root = root_settings(session, root_id)
        queue = work_space(session, library.space_id)
    assert root is not None
    below = b"" if target == root.path else os.path.relpath(target, root.path)
    queued = Queued(queue, Priority.USER)
    share = library.settings.vanished_share
    scan = Scan(library.catalog, root, share, queued, stop=stop)
    return Scope(root_id, below), scan_parts(scan, [below])
