"""Judges models on a dataset: embeds in memory, no library is opened or made."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from foundsound import __version__
from foundsound.catalog.paths import path_text
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.embedding.self_check import self_check
from foundsound.errors import InvalidRequest
from foundsound.evaluation.comparison import Comparison
from foundsound.evaluation.dataset import Dataset
from foundsound.evaluation.embed import Embedded, SoundEmbedder, embed_texts
from foundsound.evaluation.prompts import prompts
from foundsound.evaluation.ranx_metrics import check_ranx
from foundsound.evaluation.report import (
    Evaluation,
    Found,
    LeftOut,
    ModelRun,
    QueryOutcome,
)
from foundsound.evaluation.sounds import Labels, Sound, gather_sounds, label_sounds
from foundsound.evaluation.vectors import VectorTable
from foundsound.evaluation.zero_shot import (
    ZeroShotOutcome,
    check_classes,
    zero_shot_outcome,
)
from foundsound.settings import Settings

Listener = Callable[[str, int, int], None]  # what is being done, files done, files in all


@dataclass(frozen=True)
class _Heard:
    """One model's vectors of all sounds it could use, and of all queries."""

    run: ModelRun
    sounds: Embedded
    texts: Floats


def evaluate(
    dataset: Dataset,
    embedders: Mapping[str, Embedder],
    settings: Settings,
    *,
    template: str,
    pool: Sequence[Path] = (),
    zero_shot: bool = False,
    listener: Listener = lambda activity, done, total: None,
) -> Evaluation:
    """Embed the sounds with every model and compare.

    A sound that one model cannot use is left out for all of them: every figure has one n.

    Args:
        embedders: at least one, by the name that the report is to use.
        template: put around each query, see :func:`~foundsound.evaluation.prompts.prompts`.
        pool: further files to be ranked, which answer no query unless the dataset says so.
        zero_shot: tell of every class what its sounds choose.

    Raises:
        InvalidRequest: a template without place for the words, no usable sound, or too many
            classes for ``zero_shot``.
        FoundsoundError: ranx is not installed.
        ModelError: a model's files are missing or damaged, or it fails its self-check.
    """
    started = time.perf_counter()
    texts = prompts(template, list(dataset.answers))
    if zero_shot:
        check_classes(len(texts))
    check_ranx(settings.cache_dir)
    named = {path for paths in dataset.answers.values() for path in paths}
    count = _counter(listener, "Reading", len({os.path.realpath(p) for p in named.union(pool)}))
    sounds, problems = gather_sounds(dataset, pool, settings.max_file_bytes, count)
    heard = [
        _hear(name, embedder, sounds, texts, settings, listener)
        for name, embedder in embedders.items()
    ]
    for model in heard:
        problems |= model.sounds.problems
    sounds = [s for s in sounds if all(s.id in model.sounds.vectors for model in heard)]
    labels = label_sounds(sounds)
    if not labels.queries:
        path, reason = next(iter(problems.items()))
        raise InvalidRequest(f"None of the files can be used; {_shown(path)}: {reason}")

    names = list(dataset.answers)
    comparison = Comparison(labels, settings.cache_dir)
    outcomes = _outcomes(names, labels)
    classes: dict[str, ZeroShotOutcome] = {}
    for model in heard:
        table = VectorTable.of([model.sounds.vectors[sound.id] for sound in sounds])
        asked = model.texts[labels.queries]
        places = comparison.add(model.run.name, table, asked)
        if zero_shot:
            shown = [names[query] for query in labels.queries]
            classes[model.run.name] = zero_shot_outcome(shown, labels.own, table, asked)
        for outcome, (rank, top) in zip(outcomes, places, strict=True):
            found = Found(rank=rank, first=_shown(sounds[top].paths[0]))
            outcome.models[model.run.name] = found
    answered = set(labels.queries)
    return Evaluation(
        dataset=_shown(dataset.source),
        kind=dataset.kind,
        template=template,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        foundsound=__version__,
        sounds=len(sounds),
        distractors=sum(not sound.queries for sound in sounds),
        copies=sum(len(sound.paths) - 1 for sound in sounds),
        audio_s=sum(heard[0].sounds.audio_s[sound.id] for sound in sounds),
        seconds=time.perf_counter() - started,
        models=[model.run for model in heard],
        figures=comparison.figures(),
        queries=outcomes,
        unanswered=[name for number, name in enumerate(names) if number not in answered],
        left_out=[LeftOut(path=_shown(path), reason=why) for path, why in problems.items()],
        zero_shot=classes,
    )


def _hear(
    name: str,
    embedder: Embedder,
    sounds: Sequence[Sound],
    texts: Sequence[str],
    settings: Settings,
    listener: Listener,
) -> _Heard:
    count = _counter(listener, name, len(sounds))
    started = time.perf_counter()
    self_check(embedder)
    loaded = time.perf_counter()
    vectors = embed_texts(embedder, texts)
    text_s = time.perf_counter() - loaded
    embedded = SoundEmbedder(embedder, settings).run(sounds, count)
    run = ModelRun(
        name=name,
        version=embedder.version,
        dim=embedder.dim,
        load_s=loaded - started,
        embed_s=embedded.seconds,
        text_s=text_s,
    )
    return _Heard(run, embedded, vectors)


def _outcomes(names: Sequence[str], labels: Labels) -> list[QueryOutcome]:
    return [
        QueryOutcome(query=names[query], sounds=len(right), models={})
        for query, right in zip(labels.queries, labels.right, strict=True)
    ]


def _counter(listener: Listener, activity: str, total: int) -> Callable[[], None]:
    """Tells the listener of one more file each time it is called."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        listener(activity, done, total)

    listener(activity, 0, total)
    return tick


def _shown(path: Path) -> str:
    return path_text(os.fsencode(path))
