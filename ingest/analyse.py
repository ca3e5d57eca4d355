"""Listens, in decoding children, to sounds that were indexed without being analysed.

That is a library from before sounds were analysed, or by an older analysis. Nothing is embedded
again; whatever a sound does to its analysis, it stays indexed.
"""

import queue
import threading
import time
from collections.abc import Iterator

from foundsound.analysis.sound_analysis import Heard, SoundAnalysis
from foundsound.catalog.analysis import save_analysis, unanalysed_sounds
from foundsound.catalog.queue import database_now, next_due
from foundsound.errors import AudioError, FileUnavailable
from foundsound.indexing import IndexProgress, ProgressListener
from foundsound.library import Library
from ingest.decoder_process import DecoderDied, DecoderFailed, DecoderProcess, DecoderStalled
from ingest.job import decode_job
from ingest.stall_guard import StallGuard
from ingest.unanalysed import Unanalysed, UnanalysedSound

STORE_SOUNDS = 64  # sounds in one write
STORE_S = 2.0  # or as many as are ready after this time
WAIT_S = 0.1  # how long to wait for one before looking whether to stop
MOST_UNHEARD = 3  # decoders that hang or are killed before a run gives up on analysis


def analyse_lacking(
    library: Library, progress: IndexProgress, listener: ProgressListener, stop: threading.Event
) -> None:
    """Analyse every indexed sound that lacks it, until there are files to be indexed.

    Sounds without a readable file are left for another time.
    """
    with library.catalog.read() as session:
        count, size = unanalysed_sounds(session)
    if not count or stop.is_set():
        return
    progress.files_total += count
    progress.bytes_total += size
    listener(progress)
    job, stall_s = decode_job(library, library.space), library.settings.decode_stall_s
    threads = min(library.settings.thread_count, count)
    decoders = [DecoderProcess(job, stall_s) for _ in range(threads)]
    ready: dict[str, Heard] = {}
    stored_at = time.monotonic()
    with StallGuard(decoders), _Listeners(Unanalysed(library), decoders) as listeners:
        try:
            for sound, heard in listeners.results(stop):
                if heard is not None:
                    ready[sound.id] = heard
                progress.files_done += 1
                progress.bytes_done += sound.size
                listener(progress)
                if len(ready) >= STORE_SOUNDS or time.monotonic() - stored_at > STORE_S:
                    stored_at = time.monotonic()
                    _store(library, ready, progress)
                    if _work_waits(library):
                        break
        finally:
            _store(library, ready, progress)
            listener(progress)


def _store(library: Library, ready: dict[str, Heard], progress: IndexProgress) -> None:
    if not ready:
        return
    with library.catalog.write() as session:
        save_analysis(session, ready)
    progress.analysed += len(ready)
    ready.clear()


def _work_waits(library: Library) -> bool:
    with library.catalog.read() as session:
        due_at = next_due(session, library.space_id)
        return due_at is not None and due_at <= database_now(session)


class _Listeners:
    """One thread leads each decoder. A context manager: leaving it ends them."""

    def __init__(self, sounds: Unanalysed, decoders: list[DecoderProcess]) -> None:
        self._sounds = sounds
        self._leaving = False
        self._unheard = 0
        self._failure: Exception | None = None
        self._results: queue.SimpleQueue[tuple[UnanalysedSound, Heard | None]]
        self._results = queue.SimpleQueue()
        self._decoders = decoders
        self._threads = [
            threading.Thread(target=self._lead, args=(decoder,), daemon=True)
            for decoder in decoders
        ]

    def __enter__(self) -> "_Listeners":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving = True
        for decoder in self._decoders:
            decoder.stop()
        for thread in self._threads:
            thread.join()

    def results(self, stop: threading.Event) -> Iterator[tuple[UnanalysedSound, Heard | None]]:
        """Every sound with what was heard; None when it may yet be heard another time.

        Raises:
            FoundsoundError: and anything else that is no fault of a single file.
        """
        while not stop.is_set():
            working = any(thread.is_alive() for thread in self._threads)
            try:
                yield self._results.get(timeout=WAIT_S)
            except queue.Empty:
                if self._failure is not None:
                    raise self._failure from None
                if not working:
                    return

    def _lead(self, decoder: DecoderProcess) -> None:
        try:
            while not self._leaving and self._unheard < MOST_UNHEARD:
                sound = self._sounds.next()
                if sound is None:
                    return
                self._results.put((sound, self._listen(sound, decoder)))
        except Exception as error:  # raised again in results()
            self._failure = error
        finally:
            decoder.rest()

    def _listen(self, sound: UnanalysedSound, decoder: DecoderProcess) -> Heard | None:
        for item in sound.files:
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
