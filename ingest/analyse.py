"""Listens, in decoding children, to sounds that were indexed without being analysed.

That is a library from before sounds were analysed, or by an older analysis. Nothing is embedded
again; whatever a sound does to its analysis, it stays indexed.
"""

import queue
import threading
import time
from collections.abc import Iterator
from itertools import groupby

from foundsound.analysis.sound_analysis import Heard, SoundAnalysis
from foundsound.catalog.analysis import save_analysis, unanalysed_files
from foundsound.catalog.queue import database_now, next_due
from foundsound.catalog.sound_files import SoundFile
from foundsound.errors import AudioError, FileUnavailable
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from ingest.decoder_process import DecoderDied, DecoderFailed, DecoderProcess, DecoderStalled
from ingest.job import decode_job
from ingest.watcher import Watcher
from ingest.work_item import WorkItem

STORE_SOUNDS = 64  # sounds in one write
STORE_S = 2.0  # or as many as are ready after this time
WAIT_S = 0.1  # how long to wait for one before looking whether to stop
MOST_UNHEARD = 3  # decoders that hang or are killed before a run gives up on analysis

_Files = list[SoundFile]  # of one sound


def analyse_lacking(
    library: Library, progress: IndexProgress, listener: ProgressListener, stop: threading.Event
) -> None:
    """Analyse every indexed sound that lacks it, until there are files to be indexed.

    Sounds without a readable file are left for another time.
    """
    with library.catalog.read() as session:
        files = unanalysed_files(session)
    sounds = [list(group) for _, group in groupby(files, lambda file: file.sound_id)]
    if not sounds:
        return
    progress.files_total += len(sounds)
    progress.bytes_total += sum(of_one[0].size for of_one in sounds)
    listener(progress)
    count = min(library.settings.thread_count, len(sounds))
    job, stall_s = decode_job(library, library.space), library.settings.decode_stall_s
    decoders = [DecoderProcess(job, stall_s) for _ in range(count)]
    work = _Analysis(sounds, decoders)
    ready: dict[str, Heard] = {}
    with Watcher(decoders):
        try:
            for of_one, heard in work.results(stop):
                if heard is not None:
                    ready[of_one[0].sound_id] = heard
                progress.files_done += 1
                progress.bytes_done += of_one[0].size
                if len(ready) >= STORE_SOUNDS or (ready and work.stored_ago_s > STORE_S):
                    work.stored_at = time.monotonic()
                    _store(library, ready, progress)
                    if _work_waits(library):
                        break
                listener(progress)
        finally:
            work.end()
            _store(library, ready, progress)
            listener(progress)


def _store(library: Library, ready: dict[str, Heard], progress: IndexProgress) -> None:
    if not ready:
        return
    with library.catalog.write() as session:
        for sound_id, heard in ready.items():
            save_analysis(session, sound_id, heard)
    progress.analysed += len(ready)
    ready.clear()


def _work_waits(library: Library) -> bool:
    with library.catalog.read() as session:
        due_at = next_due(session, library.space_id)
        return due_at is not None and due_at <= database_now(session)


class _Analysis:
    """One thread leads each decoder; results come in the order in which they are ready."""

    def __init__(self, sounds: list[_Files], decoders: list[DecoderProcess]) -> None:
        self._sounds = iter(sounds)
        self._left = len(sounds)
        self._turn = threading.Lock()
        self._unheard = 0
        self._failure: Exception | None = None
        self._results: queue.SimpleQueue[tuple[_Files, Heard | None]] = queue.SimpleQueue()
        self._decoders = decoders
        self._threads = [
            threading.Thread(target=self._lead, args=(decoder,), daemon=True)
            for decoder in decoders
        ]
        self.stored_at = time.monotonic()
        for thread in self._threads:
            thread.start()

    @property
    def stored_ago_s(self) -> float:
        return time.monotonic() - self.stored_at

    def results(self, stop: threading.Event) -> Iterator[tuple[_Files, Heard | None]]:
        """Every sound with what was heard; None when it may yet be heard another time."""
        while not stop.is_set():
            working = any(thread.is_alive() for thread in self._threads)
            try:
                yield self._results.get(timeout=WAIT_S)
            except queue.Empty:
                if self._failure is not None:
                    raise self._failure from None
                if not working:
                    return

    def end(self) -> None:
        with self._turn:
            self._sounds = iter(())
        for decoder in self._decoders:
            decoder.stop()
        for thread in self._threads:
            thread.join()

    def _lead(self, decoder: DecoderProcess) -> None:
        try:
            while of_one := self._next():
                self._results.put((of_one, self._listen(of_one, decoder)))
        except Exception as error:  # raised again in results()
            self._failure = error
        finally:
            decoder.rest()

    def _next(self) -> _Files | None:
        with self._turn:
            return None if self._unheard >= MOST_UNHEARD else next(self._sounds, None)

    def _listen(self, of_one: _Files, decoder: DecoderProcess) -> Heard | None:
        for file in of_one:
            item = WorkItem(file.location_id, file.path, file.size, file.mtime_ns)
            try:
                return decoder.analyse(item)
            except FileUnavailable:
                continue  # another copy may be at hand
            except (AudioError, DecoderFailed) as error:
                return Heard(SoundAnalysis(note=f"The sound cannot be analysed: {error}"), None)
            except DecoderDied as death:
                if death.by_content:
                    return Heard(SoundAnalysis(note="The analysis of the sound crashed."), None)
                self._unheard += 1
            except DecoderStalled:
                self._unheard += 1
        return None
