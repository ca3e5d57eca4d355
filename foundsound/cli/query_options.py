"""From the options of ``foundsound search`` to a query and its clips."""

import os
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from foundsound.audio.formats import is_audio_name
from foundsound.cli.sound_ids import found_ids, is_sound_id
from foundsound.errors import InvalidRequest
from foundsound.search.clips import Clip
from foundsound.search.query.parts import ClipPart, EnrolledPart, ItemPart, Part, TextPart
from foundsound.search.query.query import MOST_WITHIN, FacetName, Mode, Query, Sort

_CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,9})?)")
FACETS: tuple[FacetName, ...] = ("category", "format", "duration", "folder", "tag", "suggested")
OPTIONS = {"least": "--least: ", "start_s": "--from: ", "end_s": "--to: "}  # by field
Stretch = tuple[float | None, float | None]


def query_of(
    text: str | None,
    like: Sequence[str],
    unlike: Sequence[str],
    stretch: Stretch,
    refine: str | None,
    sort: Sort,
    mode: Mode,
    limit: int,
    cursor: str | None,
    facets: bool,
    **others: Any,
) -> tuple[Query, list[Clip]]:
    """The query that the options ask for, and the files that go with it.

    Args:
        others: fields of :class:`Query` as they are.

    Raises:
        InvalidRequest: the options do not fit together, or name no file.
    """
    if stretch != (None, None) and len(like) != 1:
        raise InvalidRequest("--from and --to choose a stretch of one --like, no more and no less.")
    start_s, end_s = stretch
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise InvalidRequest("--to must come after --from.")
    within = None if refine is None else tuple(found_ids(refine, "--refine"))
    if within is not None and len(within) > MOST_WITHIN:
        raise InvalidRequest(f"--refine takes {MOST_WITHIN:,} sounds at most, not {len(within):,}.")
    clips: list[Clip] = []
    try:
        parts: list[Part] = [_audio(each, clips, stretch) for each in like]
        parts += [_unwanted(each, clips) for each in unlike]
        query = Query(
            text=text,
            parts=tuple(parts),
            within=within,
            sort=sort,
            mode=mode,
            limit=limit,
            cursor=cursor,
            facets=FACETS if facets else (),
            **others,
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        where = OPTIONS.get(str(wrong["loc"][-1]), "") if wrong["loc"] else ""
        raise InvalidRequest(f"{where}{wrong['msg']}.") from error
    return query, clips


def seconds(typed: str | None) -> float | None:
    """``12.5``, ``1:02.5`` or ``1:00:00`` as seconds.

    Raises:
        InvalidRequest: it is no time.
    """
    if typed is None:
        return None
    match = _CLOCK.fullmatch(typed)
    if match is None:
        raise InvalidRequest(f"'{typed}' is no time; write seconds or a clock's, such as 1:02.5.")
    hours, minutes, rest = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest)


def _audio(like: str, clips: list[Clip], stretch: Stretch, negative: bool = False) -> Part:
    """A file, or the id of a sound of the library."""
    if not like:
        raise InvalidRequest("--like is empty; name a file, a sound, or what you enrolled.")
    start_s, end_s = stretch
    path = os.path.expanduser(like)
    if is_sound_id(like) and not os.path.exists(path):
        return ItemPart(sound_id=like, start_s=start_s, end_s=end_s, negative=negative)
    if not os.path.exists(path) and not is_audio_name(path) and os.sep not in path:
        return EnrolledPart(name=like, negative=negative)  # no file, nor a name of one
    clips.append(Clip(os.fsencode(path), _printable(like)))
    return ClipPart(clip=len(clips) - 1, start_s=start_s, end_s=end_s, negative=negative)


def _unwanted(unlike: str, clips: list[Clip]) -> Part:
    if not unlike.strip():
        raise InvalidRequest("--not is empty; say what is not wanted, such as --not thunder.")
    path = os.path.expanduser(unlike)
    # A mistyped path is told, and not taken for words.
    if is_sound_id(unlike) or os.path.isfile(path) or os.path.isabs(path) or is_audio_name(path):
        return _audio(unlike, clips, (None, None), negative=True)
    return TextPart(text=unlike, negative=True)


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()
