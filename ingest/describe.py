"""Reads metadata in a decoding child: of a file in hand, and of sounds that never had theirs read.

Whatever a damaged file does to the reader, the sound stays indexed; at most a note tells of it.
"""

import threading

from foundsound.catalog.metadata import save_metadata, undescribed_files
from foundsound.errors import FileUnavailable
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from foundsound.metadata.sound_metadata import SoundMetadata
from ingest.decoder_process import DecoderDied, DecoderFailed, DecoderProcess, DecoderStalled
from ingest.job import decode_job
from ingest.stall_guard import StallGuard
from ingest.work_item import WorkItem

STORE_SOUNDS = 256  # sounds in one write
MOST_UNREAD = 3  # readers that hang or are killed before a run gives up on metadata


def describe_file(item: WorkItem, decoder: DecoderProcess) -> SoundMetadata | None:
    """A file's metadata; None when the drive hung or the reader was killed, and it may yet be read.

    Raises:
        FileUnavailable: it cannot be read now, or changes.
    """
    try:
        return decoder.describe(item)
    except DecoderStalled:
        return None  # readers are bounded: it is the drive that hangs
    except DecoderFailed as error:
        return SoundMetadata(note=f"The metadata cannot be read: {error}")
    except DecoderDied as death:
        if not death.by_content:
            return None
        return SoundMetadata(note="The metadata cannot be read: the reader crashed.")


def describe_lacking(
    library: Library, progress: IndexProgress, listener: ProgressListener, stop: threading.Event
) -> None:
    """Read the metadata of every indexed sound that lacks it; nothing is decoded or embedded.

    That is a library that was indexed before metadata was read, or by an older reader. Sounds
    without a readable file are left for the next run.
    """
    with library.catalog.read() as session:
        files = undescribed_files(session)
    if not files:
        return
    decoder = DecoderProcess(decode_job(library, library.space), library.settings.decode_stall_s)
    done: set[str] = set()
    unread = 0
    ready: dict[str, SoundMetadata] = {}
    with StallGuard([decoder]):
        try:
            for file in files:
                if stop.is_set():
                    break
                if file.sound_id in done:
                    continue  # by another copy
                path = library.paths.local(file.path)
                item = WorkItem(file.location_id, path, file.size, file.mtime_ns)
                try:
                    metadata = describe_file(item, decoder)
                except FileUnavailable:
                    continue
                if metadata is None:
                    unread += 1
                    if unread == MOST_UNREAD:
                        break  # a drive that hangs costs a minute a file; the next run goes on
                    continue
                done.add(file.sound_id)
                ready[file.sound_id] = metadata
                if len(ready) == STORE_SOUNDS:
                    _store(library, ready, progress, listener)
        finally:
            decoder.rest()
            _store(library, ready, progress, listener)


def _store(
    library: Library,
    ready: dict[str, SoundMetadata],
    progress: IndexProgress,
    listener: ProgressListener,
) -> None:
    if not ready:
        return
    with library.catalog.write() as session:
        save_metadata(session, ready)
    progress.described += len(ready)
    ready.clear()
    listener(progress)
