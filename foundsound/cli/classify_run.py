"""Classifies files one by one, so that a folder of any size has progress and bounded memory."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from foundsound.audio.formats import is_audio_name
from foundsound.cli.console import err
from foundsound.cli.hearing_access import HearingAccess
from foundsound.cli.query_options import Stretch
from foundsound.cli.sound_ids import is_sound_id
from foundsound.errors import InvalidRequest
from foundsound.hearing.classifier import (
    Choice,
    Classification,
    Classified,
    ClassifyRequest,
    unheard,
)
from foundsound.hearing.clips import Clip
from foundsound.hearing.labels import check_templates, tidy_labels
from foundsound.hearing.stretches import Heard, Item, Upload

Named = tuple[Heard, list[Clip]]


def heard_in(names: Sequence[str], stretch: Stretch) -> list[Named]:
    """What files, folders and ids name.

    Raises:
        InvalidRequest: a file is not there, a folder holds no audio, or a stretch of many is asked.
    """
    found = [each for name in names for each in _named(name, stretch)]
    if stretch != (None, None) and len(found) != 1:
        raise InvalidRequest("--from and --to choose a stretch of one sound, no more and no less.")
    return found


def classify_all(access: HearingAccess, choice: Choice, named: Sequence[Named]) -> Classification:
    """Classify each; one that cannot be heard has its error and stops nobody.

    Raises:
        InvalidRequest, NotFound: the labels cannot be chosen between as asked.
    """
    _check(access, choice)
    results: list[Classified] = []
    answer: Classification | None = None
    with _progress(len(named)) as done:
        for heard, clips in named:
            request = ClassifyRequest(**dict(choice), of=[heard])
            try:
                answer = access.classify(request, clips)
                results += answer.results
            except InvalidRequest as error:
                if len(named) == 1:
                    raise
                failed = unheard(heard, clips)
                failed.error = str(error)
                results.append(failed)
            done()
    if answer is None:
        raise InvalidRequest(f"None of the sounds can be heard. {results[0].error}")
    return answer.model_copy(update={"results": results})


def _named(name: str, stretch: Stretch) -> Iterator[Named]:
    start_s, end_s = stretch
    path = os.path.expanduser(name)
    if is_sound_id(name) and not os.path.exists(path):
        yield Item(sound_id=name, start_s=start_s, end_s=end_s), []
    elif os.path.isdir(path):
        files = sorted(_audio_below(path))
        if not files:
            raise InvalidRequest(f"There is no audio in {name}.")
        for file in files:
            yield Upload(), [_clip(file)]
    elif os.path.exists(path):
        yield Upload(start_s=start_s, end_s=end_s), [_clip(path)]
    else:
        raise InvalidRequest(f"{name}: there is no such file.")


def _audio_below(folder: str) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        yield from (
            os.path.join(where, file)
            for file in files
            if is_audio_name(file) and not file.startswith(".")
        )


def _clip(path: str) -> Clip:
    return Clip(os.fsencode(path), path.encode("utf-8", "backslashreplace").decode())


def _check(access: HearingAccess, choice: Choice) -> None:
    """Tell what is wrong with the labels once, and not with every file."""
    labels = tidy_labels(choice.labels)
    check_templates(choice.templates)
    if choice.label_set is not None:
        access.label_set(choice.label_set)
    for name in choice.sounds:
        access.enrolled_named(name)
    if not labels and choice.label_set is None and not choice.sounds:
        raise InvalidRequest('Give labels to choose between: --labels "dog barking, car horn".')


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    bar = Progress(
        TextColumn("Listening"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal or total < 2,
    )
    with bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
