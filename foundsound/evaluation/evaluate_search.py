"""Judges the search of real libraries: made for the purpose, indexed, asked, and thrown away."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from foundsound import __version__
from foundsound.catalog.paths import path_text
from foundsound.embedding.embedder import Embedder
from foundsound.errors import FoundsoundError, InvalidRequest, QueryError
from foundsound.evaluation.dataset import RIGHT, Dataset
from foundsound.evaluation.judgements import Judgements, Values, judge_sounds
from foundsound.evaluation.naming import Naming, lay_out
from foundsound.evaluation.ranx_metrics import check_ranx
from foundsound.evaluation.remembered import RememberedWindows
from foundsound.evaluation.report import LeftOut
from foundsound.evaluation.search_report import SearchEvaluation, SearchOutcome, SearchRun
from foundsound.evaluation.sounds import Problems, Sound, gather_sounds
from foundsound.settings import Settings

UNUSABLE = "It cannot be indexed; foundsound index says why."
Tick = Callable[[int, int], None]  # how many are done, of how many
Listener = Callable[[str, int, int], None]  # the same, and what is being done


class IndexedLibrary(Protocol):
    """A library that was made for the evaluation."""

    def sound_ids(self) -> frozenset[str]:
        """The sounds that can be found."""

    def rank(self, query: str, mode: str) -> list[str]:
        """Ids of the sounds on the first page of a search, best first."""


class OpenLibrary(Protocol):
    """Makes a library."""

    def __call__(
        self, data_dir: Path, embedder: Embedder, sounds: Path, tick: Tick
    ) -> AbstractContextManager[IndexedLibrary]:
        """Index the folder ``sounds``; the library lies in ``data_dir`` and is open in the body."""


def evaluate_search(
    dataset: Dataset,
    embedders: Mapping[str, Embedder],
    settings: Settings,
    open_library: OpenLibrary,
    *,
    modes: Sequence[str],
    namings: Sequence[Naming],
    pool: Sequence[Path] = (),
    listener: Listener = lambda activity, done, total: None,
) -> SearchEvaluation:
    """Index the sounds with every model, under every kind of names, and search in every mode.

    Args:
        embedders: at least one, by the name that the report is to use.
        pool: further files to be ranked, which answer no query unless the dataset says so.

    Raises:
        InvalidRequest: a kind of names that the dataset does not have, or no usable sound.
        FoundsoundError: ranx is not installed, or a library fails.
    """
    started = time.perf_counter()
    check_ranx(settings.cache_dir)
    sounds, problems = _gather(dataset, pool, settings, _telling(listener, "Reading"))
    judged: Judgements | None = None
    runs: list[SearchRun] = []
    outcomes: list[SearchOutcome] = []
    for model, embedder in embedders.items():
        remembered = RememberedWindows(embedder)
        for naming in namings:
            with tempfile.TemporaryDirectory(prefix="foundsound-eval-") as name:
                files, begun = Path(name) / "sounds", time.perf_counter()
                files.mkdir()
                paths = [path for sound in sounds for path in sound.paths]
                lay_out(paths, naming, dataset.ucs_names, files)
                tick = _telling(listener, f"{model}, {naming} names")
                with open_library(Path(name) / "library", remembered, files, tick) as library:
                    index_s = time.perf_counter() - begun
                    if judged is None:
                        sounds = _usable(sounds, library.sound_ids(), problems)
                        judged = judge_sounds(dataset, sounds)
                    _check_complete(sounds, library.sound_ids(), model, naming)
                    asking = _telling(listener, f"{model}, {naming} names: searching")
                    asked = {mode: _ask(library, judged, mode, asking) for mode in modes}
            values = {mode: judged.values(asked[mode].ranked, settings.cache_dir) for mode in modes}
            runs.append(
                SearchRun(
                    model=model,
                    version=embedder.version,
                    names=naming,
                    index_s=index_s,
                    search_ms={mode: asked[mode].median_ms for mode in modes},
                    figures=judged.figures(values),
                )
            )
            outcomes += _outcomes(judged, sounds, model, naming, asked, values)
    assert judged is not None
    return SearchEvaluation(
        dataset=_shown(dataset.source),
        kind=dataset.kind,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        foundsound=__version__,
        sounds=len(sounds),
        copies=sum(len(sound.paths) - 1 for sound in sounds),
        seconds=time.perf_counter() - started,
        modes=list(modes),
        runs=runs,
        queries=outcomes,
        unanswered=sorted(set(dataset.answers) - set(judged.queries)),
        left_out=[LeftOut(path=_shown(path), reason=why) for path, why in problems.items()],
    )


@dataclass(frozen=True)
class _Asked:
    """Of each query the ids that were found, best first, and the seconds that it took."""

    ranked: list[list[str]]
    seconds: list[float]

    @property
    def median_ms(self) -> float:
        return 1000 * statistics.median(self.seconds)


def _gather(
    dataset: Dataset, pool: Sequence[Path], settings: Settings, tick: Tick
) -> tuple[list[Sound], Problems]:
    named = {path for query in dataset.answers for path in dataset.graded(query)}
    every = dict.fromkeys([*dataset.further, *pool, *sorted(named)])
    total, done = len({os.path.realpath(path) for path in every}), 0

    def count() -> None:
        nonlocal done
        done += 1
        tick(done, total)

    tick(0, total)
    return gather_sounds(dataset, every, settings.max_file_bytes, count)


def _usable(sounds: list[Sound], found: frozenset[str], problems: Problems) -> list[Sound]:
    """The sounds that can be found; the files of the others become problems."""
    for sound in sounds:
        if sound.id not in found:
            problems |= dict.fromkeys(
                sound.paths, "It cannot be indexed; foundsound index says why."
            )
    usable = [sound for sound in sounds if sound.id in found]
    if not any(sound.queries for sound in usable):
        raise InvalidRequest("None of the files that answer a query can be indexed.")
    return usable


def _check_complete(
    sounds: Sequence[Sound], found: frozenset[str], model: str, naming: Naming
) -> None:
    """Every library must hold the same sounds, or figures could not be compared."""
    lost = [sound for sound in sounds if sound.id not in found]
    if lost:
        raise FoundsoundError(
            f"{len(lost):,} of {len(sounds):,} sounds could not be indexed with '{model}' "
            f"under {naming} names, but before; the first is {_shown(lost[0].paths[0])}."
        )


def _ask(library: IndexedLibrary, judged: Judgements, mode: str, tick: Tick) -> _Asked:
    ranked, seconds = [], []
    for number, query in enumerate(judged.queries):
        tick(number, len(judged.queries))
        started = time.perf_counter()
        try:
            ranked.append(library.rank(query, mode))
        except QueryError as error:
            raise InvalidRequest(f"The query '{query}' cannot be asked: {error}") from error
        seconds.append(time.perf_counter() - started)
    return _Asked(ranked, seconds)


def _outcomes(
    judged: Judgements,
    sounds: Sequence[Sound],
    model: str,
    naming: Naming,
    asked: Mapping[str, _Asked],
    values: Mapping[str, Values],
) -> list[SearchOutcome]:
    files = {sound.id: _shown(sound.paths[0]) for sound in sounds}
    return [
        SearchOutcome(
            query=query,
            model=model,
            names=naming,
            right=sum(grade >= RIGHT for grade in judged.grades[row].values()),
            ndcg={mode: float(of_one["nDCG@10"][row]) for mode, of_one in values.items()},
            found={
                mode: [files.get(id_, id_) for id_ in of_one.ranked[row]]
                for mode, of_one in asked.items()
            },
        )
        for row, query in enumerate(judged.queries)
    ]


def _telling(listener: Listener, activity: str) -> Tick:
    return lambda done, total: listener(activity, done, total)


def _shown(path: Path) -> str:
    return path_text(os.fsencode(path))
