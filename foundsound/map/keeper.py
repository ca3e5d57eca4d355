"""Keeps the map of the library's space up to date, in the background, when somebody looks at it."""

import contextlib
import logging
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from sqlalchemy import select

from foundsound.catalog.models import Location, SoundWindows
from foundsound.embedding.embedder import Floats
from foundsound.embedding.sound_vector import sound_vector
from foundsound.errors import FoundsoundError, ModelError
from foundsound.library import Library
from foundsound.map.layout import Layout, load_layout
from foundsound.processes.child import bury, module_command, start_child
from foundsound.vectors.store import space_name

COMMAND = module_command("foundsound.map.child")
MOST_SOUNDS = 100_000  # of a larger library, those with the smallest hashes: a fair sample
NEW_SHARE = 0.2  # of the sounds; when more were put in than laid out, all are laid out anew
LOOK_S = 10.0  # between two looks for what is new
READ_AT_ONCE = 32  # sounds; then searches have as much time as was taken
TICK_S = 0.2
log = logging.getLogger(__name__)


class MapState(BaseModel):
    """How far the map is."""

    state: Literal["computing", "ready", "failed"]
    stage: Literal["", "reading", "placing"] = Field(
        default="", description="`reading`: sounds' vectors; `placing`: laying them out."
    )
    done: int = Field(default=0, description="Sounds read.")
    total: int = Field(default=0, description="Sounds to be read.")
    message: str = Field(default="", description="Why it failed.")


class MapKeeper:
    """The map of whatever space the library is known by. Thread-safe.

    Nothing is done before :meth:`look` is called; the map that was made last serves meanwhile.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = library.settings.data_dir / "map"
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._looked_at = float("-inf")
        self._state = MapState(state="computing")
        self._key = ""  # the space that the layout is of
        self._layout: Layout | None = None

    def look(self) -> tuple[MapState, Layout | None]:
        """How far the map is, and the map if there is one; has it brought up to date."""
        with self._lock:
            idle = self._thread is None or not self._thread.is_alive()
            if idle and not self._closing.is_set() and time.monotonic() > self._looked_at + LOOK_S:
                self._thread = threading.Thread(target=self._run, name="map", daemon=True)
                self._thread.start()
            layout = self._layout if self._key == self._library.space_key else None
            state = self._state
        if layout is None and state.state == "ready":  # of a space that was left
            state = MapState(state="computing")
        return state, layout

    def close(self) -> None:
        """End what is under way."""
        self._closing.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            self._update()
            self._tell(MapState(state="ready"))
        except _Ended:
            pass
        except Exception as error:
            if not isinstance(error, FoundsoundError):
                log.exception("the map cannot be made")
            self._tell(MapState(state="failed", message=f"The map cannot be made ({error})."))
        finally:
            self._looked_at = time.monotonic()

    def _update(self) -> None:
        with self._library.searching() as space:
            key, space_id = space.key, space.id
        file = self._folder / f"{space_name(key)}.npz"
        if self._key != key:
            self._serve(key, load_layout(file))
        layout = self._layout
        wanted = self._sounds(space_id)
        known = {} if layout is None else {each: at for at, each in enumerate(layout.ids)}
        new = [sound_id for sound_id in wanted if sound_id not in known]
        kept = np.array([known[each] for each in wanted if each in known], np.int64)
        if layout is not None and not new and len(kept) == len(known):
            return
        ids, vectors = self._read(key, new)
        if layout is None:
            made = self._whole(ids, vectors)
        else:
            made = self._grown(layout, kept, ids, vectors)
        made.save(file)
        self._serve(key, made)

    def _grown(
        self,
        layout: Layout,
        kept: NDArray[np.int64],
        ids: Sequence[str],
        vectors: Floats,
    ) -> Layout:
        """The layout without what is gone, and with new sounds put in; or all anew."""
        all_ids = [*(layout.ids[at] for at in kept), *ids]
        all_vectors = np.concatenate([layout.vectors[kept], vectors.astype(np.float16)])
        placed = np.concatenate([layout.placed[kept], np.ones(len(ids), np.bool_)])
        if placed.sum() > NEW_SHARE * len(all_ids):
            return self._whole(all_ids, all_vectors.astype(np.float32))
        points = layout.points[kept]
        if len(ids):
            new = vectors.astype(np.float16)
            added, _ = self._ask(vectors=new, known=layout.vectors[kept], points=points)
            points = np.concatenate([points, added])
        return _sorted(all_ids, points, all_vectors, placed, layout.method)

    def _whole(self, ids: Sequence[str], vectors: Floats) -> Layout:
        order = np.argsort(np.array(ids, "S32"), kind="stable")
        ids, vectors = [ids[at] for at in order], vectors[order]
        points, method = np.zeros((0, 2), np.float32), "pca"
        if ids:
            points, method = self._ask(vectors=vectors.astype(np.float16))
        placed = np.zeros(len(ids), np.bool_)
        return Layout(tuple(ids), points, vectors.astype(np.float16), placed, method)

    def _sounds(self, space_id: int) -> list[str]:
        at_hand = (
            select(Location.id)
            .where(Location.sound_id == SoundWindows.sound_id, Location.missing_since.is_(None))
            .exists()
        )
        query = (
            select(SoundWindows.sound_id)
            .where(SoundWindows.space_id == space_id, SoundWindows.count > 0, at_hand)
            .order_by(SoundWindows.sound_id)
            .limit(MOST_SOUNDS)
        )
        with self._library.catalog.read() as session:
            return list(session.scalars(query))

    def _read(self, key: str, ids: Sequence[str]) -> tuple[list[str], Floats]:
        """The vectors of these sounds; those that were deleted meanwhile are left out."""
        read: list[str] = []
        vectors: list[Floats] = []
        for start in range(0, len(ids), READ_AT_ONCE):
            self._tell(MapState(state="computing", stage="reading", done=start, total=len(ids)))
            began = time.monotonic()
            with self._library.searching() as space:
                if space.key != key:
                    raise _Ended
                for sound_id in ids[start : start + READ_AT_ONCE]:
                    windows = space.vectors.vectors_of(sound_id)
                    if len(windows):
                        read.append(sound_id)
                        vectors.append(sound_vector(windows))
            if self._closing.wait(time.monotonic() - began):
                raise _Ended
        total = len(ids)
        self._tell(MapState(state="computing", stage="placing", done=total, total=total))
        dim = self._library.embedder.dim
        return read, np.stack(vectors) if vectors else np.zeros((0, dim), np.float32)

    def _ask(self, **arrays: NDArray[Any]) -> tuple[Floats, str]:
        """Have the child do it.

        Raises:
            ModelError: it failed.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            asked, answered = Path(folder) / "asked.npz", Path(folder) / "answered.npz"
            np.savez(asked, allow_pickle=False, **arrays)
            command = [*COMMAND, str(asked), str(answered)]
            process = start_child(
                command,
                "lays out the map",
                OPENBLAS_NUM_THREADS="1",
                OMP_NUM_THREADS="1",
                NUMBA_NUM_THREADS="1",
            )
            try:
                self._wait(process)
            finally:
                process.kill()
                bury(process)
            with np.load(answered, allow_pickle=False) as told:
                return told["points"], str(told["method"])

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(TICK_S)
                if code:
                    raise ModelError(f"the process that lays it out ended with exit code {code}")
                return
        raise _Ended

    def _serve(self, key: str, layout: Layout | None) -> None:
        with self._lock:
            self._key, self._layout = key, layout

    def _tell(self, state: MapState) -> None:
        with self._lock:
            self._state = state


class _Ended(Exception):
    """The server ends, or the library has changed its model."""


def _sorted(
    ids: Sequence[str],
    points: Floats,
    vectors: NDArray[np.float16],
    placed: NDArray[np.bool_],
    method: str,
) -> Layout:
    order = np.argsort(np.array(ids, "S32"), kind="stable")
    names = tuple(ids[at] for at in order)
    return Layout(names, points[order], vectors[order], placed[order], method)
